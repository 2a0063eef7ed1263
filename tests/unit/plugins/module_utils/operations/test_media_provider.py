# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A media provider is there or not, its secret is written when it has to be, and is shown by nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mocked import Mocked, answer, call_error

from ansible_collections.wabiz.onprem.plugins.module_utils._api import providers
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError, InputError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import media_provider

OLD, NEW = "old-secret-1", "new-secret-2"
NAME = "media-store"
BEARER = {"name": NAME, "bearer": NEW}
BASIC = {"name": NAME, "basic": {"username": "anna", "password": NEW}}


def bearer(secret: Any = OLD, name: str = NAME) -> dict[str, Any]:
    return {"name": name, "type": "www", "config": {"bearer": secret}}


def basic(secret: Any = OLD, username: str = "anna") -> dict[str, Any]:
    return {"name": NAME, "type": "www", "config": {"basic": {"username": username, "password": secret}}}


def listed(*providers: Any) -> Any:
    return answer({"settings": {"application": {"media": {"providers": list(providers)}}}})


@pytest.fixture
def mocked() -> Mocked:
    return Mocked(media_provider)


def run(mocked: Mocked, given: dict[str, Any], *answers: Any, check_mode: bool = False) -> Any:
    """Runs with these answers to GET, one after another; more or fewer GETs fail."""
    mocked.client.get.side_effect = list(answers)
    outcome = mocked.run(given, check_mode=check_mode)
    assert mocked.client.get.call_count == len(answers)
    assert OLD not in repr(outcome)
    assert NEW not in repr(outcome)
    return outcome


class TestPresent:
    def test_created(self, mocked: Mocked) -> None:
        outcome = run(mocked, BEARER, listed(bearer(name="other")), listed(bearer(NEW)))
        assert outcome.changed
        assert outcome.values == {"provider": {"name": NAME, "type": "www", "auth": "bearer", "username": None}}
        mocked.client.post.assert_called_once_with(providers.PATH, [bearer(NEW)], f"write media provider {NAME}")
        assert outcome.before == {}
        assert outcome.after == {"name": NAME, "type": "www", "bearer": "***"}

    def test_created_with_basic(self, mocked: Mocked) -> None:
        outcome = run(mocked, BASIC, listed(), listed(basic(NEW)))
        assert mocked.client.post.call_args.args[1] == [basic(NEW)]
        assert outcome.values["provider"]["username"] == "anna"
        assert outcome.after == {"name": NAME, "type": "www", "basic": {"username": "anna", "password": "***"}}

    def test_unchanged_where_the_client_shows_the_secret(self, mocked: Mocked) -> None:
        outcome = run(mocked, BEARER, listed(bearer(NEW)))
        assert not outcome.changed
        assert outcome.before == outcome.after
        assert mocked.writes() == []

    @pytest.mark.parametrize(
        ("given", "there"),
        [
            (BEARER, bearer(OLD)),
            (BASIC, basic(OLD)),
            (BASIC, basic(NEW, username="bert")),
            (BASIC, bearer(NEW)),
            (BEARER, basic(NEW)),
            (BEARER, {**bearer(NEW), "type": "ftp"}),
            (BEARER, {"name": NAME, "type": "www", "config": {}}),
        ],
    )
    def test_replaced(self, mocked: Mocked, given: dict[str, Any], there: Any) -> None:
        after = basic(NEW) if "basic" in given else bearer(NEW)
        outcome = run(mocked, given, listed(there), listed(after))
        assert (outcome.changed, mocked.writes()) == (True, ["post"])
        assert outcome.before != outcome.after

    def test_replaced_secret_is_visibly_different(self, mocked: Mocked) -> None:
        outcome = run(mocked, BASIC, listed(basic(OLD)), listed(basic(NEW)))
        assert outcome.before["basic"] == {"username": "anna", "password": "***"}
        assert outcome.after["basic"] == {"username": "anna", "password": "*** (changed)"}

    @pytest.mark.parametrize("shown", [None, "", "********", "new-***", 5])
    def test_written_each_time_where_the_client_hides_the_secret(self, mocked: Mocked, shown: Any) -> None:
        outcome = run(mocked, BEARER, listed(bearer(shown)), listed(bearer(shown)))
        assert (outcome.changed, mocked.writes()) == (True, ["post"])
        assert outcome.before != outcome.after

    @pytest.mark.parametrize("there", [bearer(OLD), bearer("****"), bearer(NEW)])
    def test_on_create_leaves_the_secret_alone(self, mocked: Mocked, there: Any) -> None:
        outcome = run(mocked, {**BEARER, "update_secret": "on_create"}, listed(there))
        assert (outcome.changed, mocked.writes()) == (False, [])

    @pytest.mark.parametrize("there", [bearer(OLD), basic(OLD, username="bert")])
    def test_on_create_still_declares_kind_and_username(self, mocked: Mocked, there: Any) -> None:
        outcome = run(mocked, {**BASIC, "update_secret": "on_create"}, listed(there), listed(basic(NEW)))
        assert (outcome.changed, mocked.writes()) == (True, ["post"])

    @pytest.mark.parametrize("there", [[], [bearer(OLD)], [bearer(NEW)], [basic(NEW)], [bearer("***")]])
    @pytest.mark.parametrize("update_secret", ["always", "on_create"])
    def test_check_mode_predicts(self, there: list[Any], update_secret: str) -> None:
        given = {**BEARER, "update_secret": update_secret}
        prediction, real = Mocked(media_provider), Mocked(media_provider)
        predicted = run(prediction, given, listed(*there), check_mode=True)
        assert (prediction.writes(), prediction.read_only) == ([], True)
        done = run(real, given, listed(*there), *([listed(bearer(NEW))] if predicted.changed else []))
        assert predicted == done
        assert not real.read_only

    @pytest.mark.parametrize("after", [listed(), listed(bearer(OLD)), listed(basic(NEW))])
    def test_not_kept_is_a_failure(self, mocked: Mocked, after: Any) -> None:
        with pytest.raises(CallError, match="GET shows that the client did not keep it"):
            run(mocked, BEARER, listed(bearer(OLD)), after)


class TestAmbiguousPost:
    LOST = staticmethod(lambda: call_error("the answer was lost", outcome_unknown=True))

    def test_arrived(self, mocked: Mocked) -> None:
        mocked.client.post.side_effect = [self.LOST()]
        assert run(mocked, BEARER, listed(), listed(bearer(NEW)), listed(bearer(NEW))).changed

    def test_arrived_as_a_new_one_with_a_hidden_secret(self, mocked: Mocked) -> None:
        mocked.client.post.side_effect = [self.LOST()]
        assert run(mocked, BEARER, listed(), listed(bearer("****")), listed(bearer("****"))).changed

    @pytest.mark.parametrize("seen", [bearer(OLD), bearer("****"), basic(NEW)])
    def test_sent_again_where_it_has_not_arrived_for_sure(self, mocked: Mocked, seen: Any) -> None:
        mocked.client.post.side_effect = [self.LOST(), None]
        run(mocked, BEARER, listed(bearer(OLD)), listed(seen), listed(bearer(NEW)))
        assert mocked.writes() == ["post", "post"]

    def test_sent_again_where_another_writer_was_faster(self, mocked: Mocked) -> None:
        mocked.client.post.side_effect = [self.LOST(), None]
        run(mocked, BEARER, listed(), listed(bearer(OLD)), listed(bearer(NEW)))
        assert mocked.writes() == ["post", "post"]

    def test_not_for_ever(self, mocked: Mocked) -> None:
        mocked.client.post.side_effect = [self.LOST() for _dummy in range(3)]
        with pytest.raises(CallError, match="the answer was lost"):
            run(mocked, BEARER, *[listed()] * 4)
        assert mocked.writes() == ["post"] * 3

    def test_nothing_can_decide_it(self, mocked: Mocked) -> None:
        mocked.client.post.side_effect = [self.LOST()]
        with pytest.raises(CallError, match="the answer was lost") as caught:
            run(mocked, BEARER, listed(), call_error("the client has gone"))
        assert caught.value.outcome_unknown

    def test_a_rejection_is_no_ambiguity(self, mocked: Mocked) -> None:
        mocked.client.post.side_effect = [call_error("PUT answered 403", status=403)]
        with pytest.raises(CallError, match="403"):
            run(mocked, BEARER, listed())
        assert (mocked.writes(), mocked.client.get.call_count) == (["post"], 1)


ABSENT = {"name": NAME, "state": "absent"}


class TestAbsent:
    def test_removed(self, mocked: Mocked) -> None:
        outcome = run(mocked, ABSENT, listed(bearer(OLD)), listed())
        assert (outcome.changed, outcome.values, outcome.after) == (True, {"provider": None}, {})
        assert outcome.before == {"name": NAME, "type": "www", "bearer": "***"}
        mocked.client.delete.assert_called_once_with(f"{providers.PATH}/{NAME}", f"remove media provider {NAME}")

    def test_unchanged(self, mocked: Mocked) -> None:
        outcome = run(mocked, ABSENT, listed(bearer(name="other")))
        assert (outcome.changed, outcome.before, outcome.after, mocked.writes()) == (False, {}, {}, [])

    def test_check_mode_predicts(self, mocked: Mocked) -> None:
        outcome = run(mocked, ABSENT, listed(bearer(OLD)), check_mode=True)
        assert (outcome.changed, mocked.writes(), mocked.read_only) == (True, [], True)
        assert outcome == run(Mocked(media_provider), ABSENT, listed(bearer(OLD)), listed())

    @pytest.mark.parametrize("failure", [{"status": 404, "code": 1006}, {"outcome_unknown": True}])
    def test_gone_although_the_answer_says_otherwise(self, mocked: Mocked, failure: dict[str, Any]) -> None:
        mocked.client.delete.side_effect = [call_error("DELETE failed", **failure)]
        assert run(mocked, ABSENT, listed(bearer(OLD)), listed()).changed

    @pytest.mark.parametrize("failure", [{"status": 404}, {"outcome_unknown": True}])
    @pytest.mark.parametrize("seen", [listed(bearer(OLD)), call_error("the client has gone")])
    def test_not_gone(self, mocked: Mocked, failure: dict[str, Any], seen: Any) -> None:
        mocked.client.delete.side_effect = [call_error("DELETE failed", **failure)]
        with pytest.raises(CallError, match="DELETE failed"):
            run(mocked, ABSENT, listed(bearer(OLD)), seen)

    def test_refused(self, mocked: Mocked) -> None:
        mocked.client.delete.side_effect = [call_error("DELETE answered 403", status=403)]
        with pytest.raises(CallError, match="403"):
            run(mocked, ABSENT, listed(bearer(OLD)))
        assert mocked.client.get.call_count == 1

    def test_still_there_after_a_success(self, mocked: Mocked) -> None:
        with pytest.raises(CallError, match="GET shows that the provider is still there"):
            run(mocked, ABSENT, listed(bearer(OLD)), listed(bearer(OLD)))


class TestLedger:
    @pytest.fixture
    def path(self, tmp_path: Path) -> str:
        return str(tmp_path / "client1.json")

    def write(self, path: str, shown: Any, secret: str = NEW) -> None:
        mocked, given = Mocked(media_provider), {**BEARER, "bearer": secret, "ledger": path}
        assert run(mocked, given, listed(), listed(bearer(shown))).changed

    def test_makes_hidden_secrets_idempotent(self, mocked: Mocked, path: str) -> None:
        self.write(path, "****")
        outcome = run(mocked, {**BEARER, "ledger": path}, listed(bearer("****")))
        assert (outcome.changed, mocked.writes()) == (False, [])
        assert NEW not in Path(path).read_text()

    def test_another_secret_is_written(self, mocked: Mocked, path: str) -> None:
        self.write(path, "****", secret="another-secret-3")
        assert run(mocked, {**BEARER, "ledger": path}, listed(bearer("****")), listed(bearer("****"))).changed

    def test_a_change_by_another_writer_is_seen_as_far_as_the_client_shows_it(self, mocked: Mocked, path: str) -> None:
        self.write(path, "new-****")
        assert run(mocked, {**BEARER, "ledger": path}, listed(bearer("old-****")), listed(bearer("new-****"))).changed

    def test_what_was_sent_to_another_client_does_not_count(self, mocked: Mocked, path: str) -> None:
        self.write(path, "****")
        mocked.client.name = "https://client2.example.com"
        assert run(mocked, {**BEARER, "ledger": path}, listed(bearer("****")), listed(bearer("****"))).changed

    @pytest.mark.parametrize("secret", ["1", "123456", "short-7"])
    def test_no_hash_of_a_short_secret_is_kept_as_all_of_them_could_be_tried(
        self, mocked: Mocked, path: str, secret: str
    ) -> None:
        self.write(path, "****", secret=secret)
        assert not Path(path).exists()
        given = {**BEARER, "bearer": secret, "ledger": path}
        assert run(mocked, given, listed(bearer("****")), listed(bearer("****"))).changed

    def test_a_hash_is_keyed(self, tmp_path: Path) -> None:
        hashes = set()
        for number in range(2):
            path = str(tmp_path / f"{number}.json")
            self.write(path, "****")
            with Ledger(path, read_only=True) as ledger:
                hashes.add(ledger.state.providers[NAME])
                assert len(ledger.state.key) == 64
        assert len(hashes) == 2

    def test_nothing_is_kept_of_a_secret_that_the_client_shows(self, path: str) -> None:
        self.write(path, NEW)
        assert not Path(path).exists()

    @pytest.mark.parametrize("outcome_unknown", [True, False])
    def test_nothing_is_known_after_a_failure(self, mocked: Mocked, path: str, outcome_unknown: bool) -> None:
        self.write(path, "****", secret=OLD)
        failing = Mocked(media_provider)
        failing.client.post.side_effect = call_error("POST failed", outcome_unknown=outcome_unknown)
        with pytest.raises(CallError, match="POST failed"):
            run(failing, {**BEARER, "ledger": path}, *[listed(bearer("****"))] * (4 if outcome_unknown else 1))
        back = {**BEARER, "bearer": OLD, "ledger": path}
        assert run(mocked, back, listed(bearer("****")), listed(bearer("****"))).changed

    def test_absent_forgets(self, mocked: Mocked, path: str) -> None:
        self.write(path, "****")
        run(mocked, {"name": NAME, "state": "absent", "ledger": path}, listed(bearer("****")), listed())
        again = Mocked(media_provider)
        assert run(again, {**BEARER, "ledger": path}, listed(bearer("****")), listed(bearer("****"))).changed

    def test_check_mode_writes_nothing(self, mocked: Mocked, path: str) -> None:
        assert run(mocked, {**BEARER, "ledger": path}, listed(), check_mode=True).changed
        assert list(Path(path).parent.iterdir()) == []


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("name", ["", "a/b", "../x", "a b", "é", "a\n", "x" * 201])
def test_names_that_cannot_be(mocked: Mocked, name: str, state: str) -> None:
    with pytest.raises(InputError, match="name is not one that a media provider can have"):
        mocked.run({**BEARER, "name": name, "state": state})
    mocked.connect.assert_not_called()


@pytest.mark.parametrize(
    "credentials",
    [{"bearer": ""}, {"basic": {"username": "", "password": NEW}}, {"basic": {"username": "a", "password": ""}}],
)
def test_empty_credentials(mocked: Mocked, credentials: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="credentials of the media provider are empty"):
        mocked.run({"name": NAME, **credentials})
    mocked.connect.assert_not_called()


def test_a_provider_does_not_show_its_secret_by_accident() -> None:
    provider = providers.Provider(NAME, "www", "bearer", None, NEW)
    assert NEW not in repr(provider) + str(provider)

"""The table of who may do what, and that lists, single things and policies agree."""

from typing import get_args

import pytest

from labelapp.accounts.models import User
from labelapp.common.errors import ForbiddenError, NotFoundError
from labelapp.projects.policies import Action, may, require
from labelapp.projects.selectors import project_for, projects_visible_to, role_in

TABLE = {
    "see": {"labeller", "reviewer", "engineer", "admin"},
    "save_human_labels": {"labeller", "reviewer", "admin"},
    "save_other_labels": {"engineer", "admin"},
    "import_clip": {"engineer", "admin"},
    "export": {"reviewer", "engineer", "admin"},
    "read_audit": {"admin"},
    "manage_people": {"admin"},
}
PEOPLE = ("admin", "engineer", "reviewer", "labeller", "stranger")


def test_the_table_has_every_action() -> None:
    assert set(TABLE) == set(get_args(Action))


@pytest.mark.parametrize("action", TABLE)
@pytest.mark.parametrize("name", PEOPLE)
def test_each_may_do_what_the_table_says(cast, name: str, action: Action) -> None:
    allowed = name in TABLE[action]
    assert may(cast[name], cast.project, action) == allowed
    if allowed:
        assert require(cast[name], cast.project, action) == name
        return
    # Who sees the project is told that they may not; who doesn't is not told that it exists.
    error = NotFoundError if name == "stranger" else ForbiddenError
    with pytest.raises(error):
        require(cast[name], cast.project, action)


@pytest.mark.parametrize("name", PEOPLE)
def test_list_single_and_policy_agree_on_who_sees_a_project(cast, name: str) -> None:
    user = cast[name]
    sees = may(user, cast.project, "see")
    assert projects_visible_to(user).filter(pk=cast.project.pk).exists() == sees
    assert (role_in(user, cast.project) is not None) == sees
    if sees:
        assert project_for(user, "a") == cast.project
    else:
        with pytest.raises(NotFoundError):
            project_for(user, "a")


def test_a_deactivated_member_may_nothing(cast) -> None:
    User.objects.filter(username="admin").update(is_active=False)
    user = User.objects.get(username="admin")
    assert not any(may(user, cast.project, action) for action in TABLE)
    assert not projects_visible_to(user).exists()


def test_a_superuser_may_everything_everywhere(cast) -> None:
    root = User.objects.create_superuser("root")
    assert all(may(root, cast.other_project, action) for action in TABLE)

"""Everything that the client registers: commands, buttons and lists, forms."""

from __future__ import annotations

from typing import Any

from discord import app_commands

from commands.add import AddForm, add_command
from commands.add_document import AddNamedButton
from commands.aliases import aliases_command
from commands.ask import ask_command
from commands.author import author_command
from commands.author_actions import AuthorActionButton, NarrowForm, SinceForm
from commands.buttons import StatefulItem
from commands.cards import (
    AuthorSelect,
    CardButton,
    CardSelect,
    MeantAuthorButton,
    MeantPaperButton,
    ShowInChannelButton,
)
from commands.catch_up import catchup_command
from commands.cite import cite_command
from commands.club import club_command
from commands.club_actions import (
    AddNoteButton,
    CallOffButton,
    ClubActionButton,
    NominateButton,
    NoteForm,
    SwapAnswerButton,
    WithdrawNominationSelect,
)
from commands.club_setup import club_setup_command
from commands.coauthors import coauthors_command
from commands.compare import compare_command
from commands.correcting import JoinPeopleButton, MovePaperButton, NobodysPaperButton
from commands.export import export_command
from commands.fetching import fetching_command
from commands.follow import FollowButton, FollowPaperButton, PaperVoteButton, PostVotesButton, follow_command
from commands.help import help_command
from commands.hide import HiddenPageButton, ShowAgainButton, hidden_command, hide_command
from commands.list_actions import ListActionButton, ListExportSelect, RenameListForm
from commands.list_entries import (
    AddNoteForm,
    ChangeNoteForm,
    EditTagsForm,
    EntryActionButton,
    EntryMoveSelect,
    OwnNotesSelect,
)
from commands.lists import (
    AllListsButton,
    EntryNextButton,
    FoundOrdersSelect,
    FoundPageButton,
    ListOrdersSelect,
    ListPageButton,
    MakeListForm,
    NewListButton,
    SearchListForm,
    lists_command,
)
from commands.look_up_papers import look_up_papers
from commands.message_reason import MessageReasonButton
from commands.mine import MineAllButton, MinePageButton, mine_command
from commands.modals import Form, FormAgainButton
from commands.notes import PaperNotesButton
from commands.paper import paper_command
from commands.related import related_command
from commands.saving import SavePaperButton, save_command
from commands.search import search_command
from commands.setup import SetupChoiceSelect, SetupForm, SetupPersonSelect, SetupStepButton, setup_command
from commands.status import status_command
from commands.subscribe import DraftButton, FollowCategoryButton, FollowHitsButton, subscribe_command
from commands.subscriptions import EditForm, SubscriptionButton, SubscriptionPageButton, subscriptions_command
from commands.summary import summary_command
from commands.taking_back import OwnPaperButton, TakeBackButton
from commands.team import FollowTeamButton, TeamSelect, team_command
from commands.unsubscribe import UnsubscribeAllButton, UnsubscribePageButton, UnsubscribeSelect, unsubscribe_command
from commands.watch import (
    WatchEndButton,
    WatchPageButton,
    WatchPaperButton,
    WatchPostedButton,
    WatchStartButton,
    watch_command,
)
from commands.web import AuthorWebButton, ListWebButton, SubscriptionWebButton
from commands.weekly_saved import WeeklySavedButton
from commands.why import PostReasonsButton, why_command
from commands.zotero import ConnectForm, ZoteroActionButton, ZoteroChoiceButton, ZoteroConnectButton, zotero_command

COMMANDS: tuple[app_commands.Command[Any, ..., Any] | app_commands.ContextMenu, ...] = (
    author_command,
    paper_command,
    search_command,
    ask_command,
    summary_command,
    related_command,
    coauthors_command,
    team_command,
    compare_command,
    cite_command,
    export_command,
    save_command,
    lists_command,
    zotero_command,
    add_command,
    aliases_command,
    setup_command,
    hide_command,
    hidden_command,
    fetching_command,
    subscribe_command,
    follow_command,
    mine_command,
    catchup_command,
    watch_command,
    subscriptions_command,
    unsubscribe_command,
    why_command,
    club_command,
    club_setup_command,
    status_command,
    help_command,
    look_up_papers,
)
BUTTONS: tuple[type[StatefulItem[Any, Any]], ...] = (
    WatchPaperButton,
    WatchStartButton,
    WatchEndButton,
    WatchPageButton,
    WatchPostedButton,
    CardButton,
    CardSelect,
    AuthorSelect,
    ShowInChannelButton,
    MeantPaperButton,
    MeantAuthorButton,
    DraftButton,
    FollowCategoryButton,
    FollowHitsButton,
    FollowPaperButton,
    MinePageButton,
    MineAllButton,
    FollowButton,
    PaperVoteButton,
    PostVotesButton,
    AuthorActionButton,
    FollowTeamButton,
    TeamSelect,
    SubscriptionPageButton,
    SubscriptionButton,
    FormAgainButton,
    UnsubscribeSelect,
    UnsubscribePageButton,
    UnsubscribeAllButton,
    PostReasonsButton,
    MessageReasonButton,
    PaperNotesButton,
    WeeklySavedButton,
    NominateButton,
    WithdrawNominationSelect,
    ClubActionButton,
    CallOffButton,
    SwapAnswerButton,
    AddNoteButton,
    AddNamedButton,
    TakeBackButton,
    OwnPaperButton,
    HiddenPageButton,
    ShowAgainButton,
    JoinPeopleButton,
    MovePaperButton,
    NobodysPaperButton,
    SetupPersonSelect,
    SetupChoiceSelect,
    SetupStepButton,
    SubscriptionWebButton,
    AuthorWebButton,
    ListWebButton,
    SavePaperButton,
    AllListsButton,
    NewListButton,
    ListPageButton,
    FoundPageButton,
    ListOrdersSelect,
    FoundOrdersSelect,
    EntryNextButton,
    EntryActionButton,
    EntryMoveSelect,
    OwnNotesSelect,
    ListActionButton,
    ListExportSelect,
    ZoteroConnectButton,
    ZoteroActionButton,
    ZoteroChoiceButton,
)
FORMS: tuple[type[Form[Any]], ...] = (
    AddForm,
    EditForm,
    NarrowForm,
    NoteForm,
    SetupForm,
    SinceForm,
    AddNoteForm,
    ChangeNoteForm,
    EditTagsForm,
    MakeListForm,
    RenameListForm,
    SearchListForm,
    ConnectForm,
)

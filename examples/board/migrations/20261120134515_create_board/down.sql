-- takes 20261120134515_create_board back

-- mizan:step tx
drop table "sessions";

-- mizan:statement
drop table "members";

-- mizan:statement
drop table "comments";

-- mizan:statement
drop table "activity";

-- mizan:statement
drop table "tasks";

-- mizan:statement
drop table "projects";

-- mizan:statement
drop table "workspaces";

-- mizan:statement
drop table "people";

-- mizan:statement
drop type "activity_kind";

-- mizan:statement
drop type "member_role";

-- mizan:statement
drop type "task_priority";

-- mizan:statement
drop type "task_status";

-- takes 20261121173929_drop_own_sessions back
-- does not bring back: the rows of sessions

-- mizan:step tx
create table "sessions" (
  "id" varchar(64) not null,
  "user" varchar(40) not null,
  "created_at" timestamptz(3) not null,
  "expires_at" timestamptz(3) not null,
  primary key ("id")
);

/** What is known of database functions by their name. */

import type { Analysis } from './analysis.ts'

/** Their result depends on their arguments alone. */
const pure: ReadonlySet<string> = new Set(
  (
    'abs ceil ceiling floor round trunc truncate sign sqrt power pow exp ln log mod div greatest least pi degrees radians ' +
    'lower upper initcap length char_length character_length octet_length bit_length trim ltrim rtrim btrim replace ' +
    'translate substr substring left right lpad rpad repeat reverse concat concat_ws position strpos instr locate split_part ' +
    'starts_with regexp_replace regexp_match regexp_matches regexp_like ascii chr char unicode hex unhex quote format printf ' +
    'coalesce nullif ifnull iif if cast convert md5 sha1 sha2 sha256 encode decode to_hex ' +
    'json json_array json_object json_extract json_type json_valid json_array_length json_each json_tree json_set ' +
    'json_insert json_replace json_remove json_patch json_quote json_group_array json_group_object json_unquote json_value ' +
    'json_contains json_length json_keys json_arrayagg json_objectagg json_build_array json_build_object json_agg ' +
    'json_object_agg jsonb_build_array jsonb_build_object jsonb_agg jsonb_object_agg json_array_elements ' +
    'json_array_elements_text jsonb_array_elements jsonb_array_elements_text json_each_text jsonb_each jsonb_each_text ' +
    'jsonb_array_length jsonb_typeof json_typeof jsonb_set jsonb_strip_nulls json_strip_nulls to_json to_jsonb row_to_json ' +
    'array_agg array_length array_append array_cat array_position array_remove array_to_string string_to_array cardinality ' +
    'unnest generate_series string_agg group_concat count sum total avg min max every bool_and bool_or bit_and bit_or ' +
    'stddev stddev_pop stddev_samp variance var_pop var_samp corr percentile_cont percentile_disc mode ' +
    'row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value ' +
    'date_trunc date_part extract make_date make_interval to_char to_date to_timestamp to_number year month day hour minute ' +
    'second datediff timestampdiff date_add date_sub date_format ' +
    'to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd ts_headline ' +
    'similarity word_similarity unaccent'
  ).split(' '),
)

/** Their result depends on time, chance or the session; they change nothing. */
const changeless: ReadonlySet<string> = new Set(
  (
    'now clock_timestamp statement_timestamp transaction_timestamp timeofday current_timestamp current_date current_time ' +
    'localtime localtimestamp sysdate curdate curtime utc_timestamp utc_date utc_time unix_timestamp age ' +
    'date time datetime strftime timediff julianday unixepoch random rand randomblob gen_random_uuid uuid uuid_generate_v4 uuidv4 uuidv7 ' +
    'current_database current_schema current_user session_user user database schema version current_setting inet_client_addr ' +
    'pg_backend_pid connection_id last_insert_id last_insert_rowid changes total_changes row_count found_rows lastval currval ' +
    'pg_sleep sleep pg_advisory_lock pg_advisory_xact_lock pg_try_advisory_lock pg_try_advisory_xact_lock ' +
    'pg_advisory_unlock get_lock release_lock pg_typeof typeof to_regclass pg_table_size pg_relation_size ' +
    'pg_total_relation_size pg_database_size txid_current pg_current_xact_id'
  ).split(' '),
)

/** What calling a function may do. Of one without a known name anything: it may be the application's own. */
export function functionEffects(name: string): Analysis['opaque'] {
  const lower = name.toLowerCase()
  if (pure.has(lower)) return 'no'
  return changeless.has(lower) ? 'read' : 'write'
}

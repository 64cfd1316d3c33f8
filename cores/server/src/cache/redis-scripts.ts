/** The Lua that asks for versions: each answer says which server gave it, at the moment in which it gave it. */

/**
 * The server's `run_id` and the id of its replication history, from the same step as the versions. A server that was
 * restarted with an old snapshot has another run_id, a replica that was promoted another history: what they still hold
 * has versions that no entry ever had. A server that is no primary is an error.
 */
const identity = `
local replication = redis.call('INFO', 'replication')
if not string.find(replication, 'role:master', 1, true) then
  return redis.error_reply('READONLY versions are read on a primary')
end
local history = string.match(replication, 'master_replid:(%x+)')
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
if not run or not history then
  return redis.error_reply('ERR mizan: INFO tells no run_id')
end
local id = string.sub(run, 1, 16) .. string.sub(history, 1, 16)
`

/** KEYS: tags. Answers who is asked, and a version or nothing for each. */
export const versionsScript: string = `${identity}
return { id, redis.call('MGET', unpack(KEYS)) }`

/** KEYS: tags. ARGV: seconds to keep them, then a version for each that is missing. Answers as above, nothing missing. */
export const ensureScript: string = `${identity}
local ttl = tonumber(ARGV[1])
local versions = redis.call('MGET', unpack(KEYS))
for index, key in ipairs(KEYS) do
  if not versions[index] then
    versions[index] = ARGV[index + 1]
    redis.call('SET', key, versions[index], 'EX', ttl)
  elseif redis.call('TTL', key) * 2 < ttl then
    redis.call('EXPIRE', key, ttl)
  end
end
return { id, versions }`

const now = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/** KEYS: times, tags. ARGV: seconds to keep the list, id, tags as JSON. The server's clock, as processes have their own. */
export const intendScript: string = `${now}
redis.call('ZADD', KEYS[1], now, ARGV[2])
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[1])
return 1`

/** KEYS: times. ARGV: ids. Those that somebody has settled meanwhile stay settled. */
export const renewScript: string = `${now}
for _, id in ipairs(ARGV) do redis.call('ZADD', KEYS[1], 'XX', now, id) end
return 1`

/** KEYS: times, tags. ARGV: milliseconds of age, how many. Answers id, tags, id, tags, … */
export const leftScript: string = `${now}
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1], 'LIMIT', 0, ARGV[2])
local left = {}
for _, id in ipairs(ids) do
  left[#left + 1] = id
  left[#left + 1] = redis.call('HGET', KEYS[2], id) or '[]'
end
return left`

/** KEYS: times, tags. ARGV: ids. */
export const settleScript: string = `
redis.call('ZREM', KEYS[1], unpack(ARGV))
redis.call('HDEL', KEYS[2], unpack(ARGV))
return 1`

/** What Redis runs for sessions: each script one key, so that a Cluster runs it too. */

export const createScript: string = `
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('PEXPIREAT', KEYS[1], ARGV[1])
return 1`

/** Adds to the list, forgets what is over, and lets the list live as long as its last session. */
export const listScript: string = `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], last[2])
return 1`

/** Without the question a session that has just ended would come back as a hash of one field. */
export const touchScript: string = `
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'seenAt', ARGV[1]) end
return 1`

/** The rule of `nextRefresh`, in one step. */
export const rotateScript: string = `
local state = redis.call('HMGET', KEYS[1], 'current', 'previous', 'rotatedAt', 'user', 'expiresAt')
if not state[1] then return {'ended'} end
local now = tonumber(ARGV[3])
if ARGV[1] == state[1] then
  redis.call('HSET', KEYS[1], 'current', ARGV[2], 'previous', ARGV[1], 'rotatedAt', ARGV[3], 'seenAt', ARGV[3])
  state[1] = ARGV[2]
  state[3] = ARGV[3]
elseif not (ARGV[1] == state[2] and now - tonumber(state[3]) <= tonumber(ARGV[4])) then
  redis.call('DEL', KEYS[1])
  return {'reused'}
end
local ends = ARGV[5]
if state[5] and tonumber(state[5]) < tonumber(ends) then ends = state[5] end
redis.call('PEXPIREAT', KEYS[1], ends)
return {'rotated', state[1], state[3], state[4]}`

export const getScript: string = `return redis.call('HGETALL', KEYS[1])`

export const endScript: string = `return redis.call('DEL', KEYS[1])`

export const sessionsOfScript: string = `return redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[1], '+inf')`

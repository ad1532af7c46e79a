/**
 * The steps that must be one. KEYS[1] names the household's slot; ARGV[1] is the prefix of all its keys, from which
 * scripts build the rest as keys.ts describes.
 */
const head = `
local prefix = ARGV[1]
local function key(...) return prefix .. table.concat({...}, ':') end
`;

/** ARGV: prefix, {count, command, argument…}… */
const read = `
local replies, at = {}, 2
while at <= #ARGV do
  local count = tonumber(ARGV[at])
  replies[#replies + 1] = redis.call(unpack(ARGV, at + 1, at + count))
  at = at + count + 1
end
return replies
`;

/**
 * ARGV: prefix, and as MessagePack boot, sequence, previous or nil, now, {device, generation, size, lines…},
 * {device, hour, bytes…}
 */
const append = `${head}
local boot, sequence, previous, now, learnings, parts = cmsgpack.unpack(ARGV[2])
local call = redis.call
local boots = call('HGET', KEYS[1], boot)
local last = boots and tonumber(string.match(boots, '^%d+'))
if last and sequence <= last then return {'known'} end
if previous and (last or -1) < previous then return {'set-back', last or -1} end

local stale, unknown = {'stale'}, {}
for i = 1, #learnings, 4 do
  local device, generation, size, lines = learnings[i], learnings[i + 1], learnings[i + 2], learnings[i + 3]
  local words = prefix .. 'words:' .. device
  local is = call('LINDEX', words, 0)
  if not is and size > 0 or is and is ~= generation or is and #lines > 0 and call('LLEN', words) - 1 ~= size then
    stale[#stale + 1] = device
  end
  unknown[i] = not is
end
if #stale > 1 then return stale end

for i = 1, #learnings, 4 do
  local words, lines = prefix .. 'words:' .. learnings[i], learnings[i + 3]
  if unknown[i] then call('RPUSH', words, learnings[i + 1]) end
  for j = 1, #lines do call('RPUSH', words, lines[j]) end
end
local open, devices, days = {}, {}, {}
for i = 1, #parts, 3 do
  local device, hour = parts[i], string.format('%d', parts[i + 1])
  if call('APPEND', prefix .. 'open:' .. hour .. ':' .. device, parts[i + 2]) == #parts[i + 2] then
    open[#open + 1] = hour .. ' ' .. device
    devices[#devices + 1] = device
    days[#days + 1] = math.floor(parts[i + 1] / 24)
  end
end
for i = 1, #open do
  call('SADD', prefix .. 'open', open[i])
  call('SADD', prefix .. 'devices', devices[i])
  call('ZADD', prefix .. 'days', days[i], days[i])
end
call('HSET', KEYS[1], boot, string.format('%d %.0f', sequence, now))
return {'added'}
`;

/** ARGV: prefix, device, hour, open bytes as read, roll-up as read, new chunk, new roll-up */
const compact = `${head}
local device, hour, wasOpen, wasRollUp = ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local day, field = math.floor(hour / 24), hour % 24
local open, log, sum = key('open', ARGV[3], device), key('log', day, device), key('sum', day, device)
if (redis.call('HGET', sum, field) or '') ~= wasRollUp then return 0 end
if redis.call('GETRANGE', open, 0, #wasOpen - 1) ~= wasOpen then return 0 end
redis.call('HSET', log, field, ARGV[6])
redis.call('HSET', sum, field, ARGV[7])
local rest = redis.call('GETRANGE', open, #wasOpen, -1)
if rest ~= '' then
  redis.call('SET', open, rest)
else
  redis.call('DEL', open)
  redis.call('SREM', key('open'), ARGV[3] .. ' ' .. device)
end
return 1
`;

/** ARGV: prefix, device, generation as read, new generation, {number, line}… */
const rewrite = `${head}
local words = key('words', ARGV[2])
if redis.call('LINDEX', words, 0) ~= ARGV[3] then return 0 end
redis.call('LSET', words, 0, ARGV[4])
for i = 5, #ARGV, 2 do redis.call('LSET', words, ARGV[i], ARGV[i + 1]) end
return 1
`;

const forgetting = `
local function openHours()
  local hours = {}
  for _, member in ipairs(redis.call('SMEMBERS', key('open'))) do
    local hour, device = string.match(member, '^(%d+) (.*)$')
    hours[#hours + 1] = {member, hour, device}
  end
  return hours
end
local function forget(device)
  for _, open in ipairs(openHours()) do
    if open[3] == device then
      redis.call('SREM', key('open'), open[1])
      redis.call('DEL', key('open', open[2], device))
    end
  end
  for _, day in ipairs(redis.call('ZRANGE', key('days'), 0, -1)) do
    redis.call('DEL', key('log', day, device), key('sum', day, device))
  end
  redis.call('DEL', key('words', device))
  redis.call('SREM', key('devices'), device)
end
`;

/** ARGV: prefix, device */
const forget = `${head}${forgetting}
forget(ARGV[2])
`;

/** ARGV: prefix, first hour of attempts to keep, first hour of roll-ups to keep, boots not heard of since */
const prune = `${head}${forgetting}
local attempts, rollUps = tonumber(ARGV[2]), tonumber(ARGV[3])
local devices = redis.call('SMEMBERS', key('devices'))
local function drop(kind, day, before)
  if day * 24 >= before then return end
  for _, device in ipairs(devices) do
    local kept = key(kind, day, device)
    if day * 24 + 24 <= before then
      redis.call('DEL', kept)
    else
      for field = 0, before - day * 24 - 1 do redis.call('HDEL', kept, field) end
    end
  end
end
for _, day in ipairs(redis.call('ZRANGE', key('days'), 0, -1)) do
  day = tonumber(day)
  drop('log', day, attempts)
  drop('sum', day, rollUps)
  if day * 24 + 24 <= math.min(attempts, rollUps) then redis.call('ZREM', key('days'), day) end
end
for _, open in ipairs(openHours()) do
  if tonumber(open[2]) < attempts then
    redis.call('SREM', key('open'), open[1])
    redis.call('DEL', key('open', open[2], open[3]))
  end
end
local alive = {}
for _, open in ipairs(openHours()) do alive[open[3]] = true end
local days = redis.call('ZRANGE', key('days'), 0, -1)
for _, device in ipairs(devices) do
  for _, day in ipairs(days) do
    if alive[device] then break end
    alive[device] = redis.call('EXISTS', key('log', day, device), key('sum', day, device)) > 0
  end
  if not alive[device] then forget(device) end
end
local boots = redis.call('HGETALL', KEYS[1])
for i = 1, #boots, 2 do
  if tonumber(string.match(boots[i + 1], '%d+$')) < tonumber(ARGV[4]) then redis.call('HDEL', KEYS[1], boots[i]) end
end
`;

/**
 * ARGV: prefix, id of this commit, writer, {field, expected or '', json or ''}…
 * @returns the version, or the field that was changed meanwhile
 */
const commit = `${head}
local done = redis.call('GET', key('commit', ARGV[2]))
if done then return tonumber(done) end
local documents = key('documents')
for i = 4, #ARGV, 3 do
  if ARGV[i + 1] ~= '' then
    local is = redis.call('HGET', documents, ARGV[i])
    local version = is and tonumber(string.match(is, '^%d+')) or 0
    if version ~= tonumber(ARGV[i + 1]) then return ARGV[i] end
  end
end
local version = redis.call('INCR', key('version'))
for i = 4, #ARGV, 3 do
  if ARGV[i + 2] == '' then
    redis.call('HDEL', documents, ARGV[i])
  else
    redis.call('HSET', documents, ARGV[i], string.format('%d ', version) .. ARGV[i + 2])
  end
end
redis.call('SET', key('commit', ARGV[2]), version, 'EX', 600)
redis.call('PUBLISH', key('changes'), version .. ' ' .. ARGV[3])
return version
`;

/** ARGV: prefix, node, json */
const beat = `${head}
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local nodes = redis.call('HGETALL', key('nodes'))
for i = 1, #nodes, 2 do
  if tonumber(string.match(nodes[i + 1], '^%d+')) < now - 86400000 then redis.call('HDEL', key('nodes'), nodes[i]) end
end
redis.call('HSET', key('nodes'), ARGV[2], string.format('%d ', now) .. ARGV[3])
return 1
`;

export const scripts = { read, append, compact, rewrite, forget, prune, commit, beat };
export type ScriptName = keyof typeof scripts;

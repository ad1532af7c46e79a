import { debianServer } from './debian.ts';

export const dnsdist = () =>
  debianServer({
    name: 'dnsdist',
    package: 'dnsdist',
    config: (setting) => `setLocal("127.0.0.1:${setting.port}")
setSecurityPollSuffix("")
newServer({address="127.0.0.1:${setting.upstream}", sockets=4})
getPool(""):setCache(newPacketCache(100000))
local blocked = newSuffixMatchNode()
for name in io.lines("${setting.mixes.list(setting.list)}") do blocked:add(newDNSName(name .. ".")) end
addAction(SuffixMatchNodeRule(blocked), SpoofAction({"0.0.0.0", "::"}))
`,
    command: (config) => ['dnsdist', '--supervised', '--disable-syslog', '-C', config],
  });

import { debianServer } from './debian.ts';

export const smartdns = () =>
  debianServer({
    name: 'smartdns',
    package: 'smartdns',
    config: (setting) => `bind 127.0.0.1:${setting.port}
bind-tcp 127.0.0.1:${setting.port}
server 127.0.0.1:${setting.upstream}
cache-size 32768
cache-persist no
prefetch-domain no
serve-expired no
speed-check-mode none
dualstack-ip-selection no
response-mode fastest-response
log-level error
log-file ${setting.folder}/error.log
log-size 1m
domain-set -name blocked -type list -file ${setting.mixes.list(setting.list)}
address /domain-set:blocked/#
`,
    command: (config, { folder }) => ['smartdns', '-f', '-c', config, '-p', `${folder}/pid`],
  });

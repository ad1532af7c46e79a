import { debianServer, translated } from './debian.ts';

export const unbound = () =>
  debianServer({
    name: 'unbound',
    package: 'unbound',
    config: (setting) => `server:
  interface: 127.0.0.1@${setting.port}
  do-daemonize: no
  use-syslog: no
  chroot: ""
  username: ""
  pidfile: ""
  directory: "${setting.folder}"
  logfile: "${setting.folder}/error.log"
  num-threads: 1
  module-config: "iterator"
  do-not-query-localhost: no
  access-control: 127.0.0.0/8 allow
  msg-cache-size: 16m
  rrset-cache-size: 32m
  outgoing-range: 4096
  num-queries-per-thread: 2048
  include: "${translated(setting, 'unbound', (name) => `local-zone: "${name}" always_null`)}"
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@${setting.upstream}
`,
    command: (config) => ['unbound', '-d', '-c', config],
  });

import { connect, createServer } from 'node:net';

/**
 * Runs inside a namespace: passes connections on a Unix socket, which the file system shows to everybody, to a port
 * in here. Arguments: path of the socket, port. Says a line when it listens.
 */
const [path, port] = process.argv.slice(2);

createServer((outside) => {
  const inside = connect({ host: '127.0.0.1', port: Number(port) });
  outside.pipe(inside).pipe(outside);
  for (const socket of [outside, inside]) socket.on('error', () => [outside, inside].map((end) => end.destroy()));
}).listen(path, () => console.log('listening'));

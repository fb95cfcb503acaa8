/** A shadow process that dies as soon as it is asked for anything. */
process.on('message', () => process.kill(process.pid, 'SIGKILL'));
process.on('disconnect', () => process.exit());

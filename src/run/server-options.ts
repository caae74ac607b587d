// For the command line, which sees the server through what wires it.
export { serverOptions } from '../server/server-options.js';

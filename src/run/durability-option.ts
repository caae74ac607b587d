/** What a command that keeps things says of how they are kept; light enough for the CLI to load at once. */
export { type Durability, durabilityOptions } from '../store/durability.js';

import type { Command } from 'commander';

/** Commands that talk to the JSON API of a running server. */
export function adminCommands(): Command[] {
  return [];
}

import { newDefinition } from './host-definition.js';
import type { HostServer } from './host.js';
import { ParsedModels } from './parsed-models.js';
import type { Parser, Parsing } from './parsing.js';

/**
 * Makes a server parse each source only once.
 * @param owner returns the owner of the models being loaded
 */
export function parsingOf({ appDelegate, logger }: HostServer, owner: () => string | null): Parsing {
  const own = { appDelegate, logger } as unknown as HostServer;
  const parsed = new ParsedModels(() => newDefinition('', '', own).moddle as Parser);
  const parser = (): Parser => parsed.parserFor(appDelegate.moddleOptions);
  return { parser, tree: (name, source) => parsed.read(parser(), owner(), name, source) };
}

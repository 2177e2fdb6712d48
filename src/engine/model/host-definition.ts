// The whole host first: it is loaded in a circle, which its parts do not stand to be entered by.
import 'bpmn-server';
import * as exported from 'bpmn-server/dist/elements/Definition.js';
import type { HostDefinition, HostServer } from './host.js';
import type { Parser, Tree } from './source/read-definition.js';

/** Where the definitions of a server come from that parses a source once. */
export interface Parsing {
  parser(): Parser;
  tree(name: string, source: string): Promise<Tree>;
}

type Class = new (name: string, source: string, server: HostServer) => object;
interface HostModule {
  Definition: Class & { [SHARED]?: true };
}

// Two copies of this package, one for each kind of module, patch the host once.
const SHARED = Symbol.for('bpmn-guard.parsing');

/** The module of the host itself, whichever way it was imported. */
const host = ((exported as { default?: unknown }).default ?? exported) as HostModule;

/**
 * The host parses the source of a model whenever it loads an instance, with a parser made anew each time: most of a
 * command's time. Definitions of a server that has `parsing` get both from there; those of other servers are as before.
 */
export function shareParsing(): void {
  if (host.Definition[SHARED] === true) return;
  const construct = (made: Class, args: [string, string, HostServer], target: Class): object => {
    const [name, source, server] = args;
    const { parsing } = server;
    if (parsing === undefined) return Reflect.construct(made, args, target) as object;
    return Object.assign(Object.create(target.prototype as object) as object, {
      server,
      name,
      source,
      logger: server.logger,
      moddle: parsing.parser(),
      processes: new Map(),
      nodes: new Map(),
      flows: [],
      accessRules: [],
      getDefinition: () => parsing.tree(name, source),
    });
  };
  host.Definition = new Proxy(Object.assign(host.Definition, { [SHARED]: true as const }), { construct });
}

/** A definition of the host, not loaded yet. */
export const newDefinition = (name: string, source: string, server: HostServer): HostDefinition =>
  new host.Definition(name, source, server) as HostDefinition;

import { childrenOf, type Attribute } from './dialects/namespaces.js';
import { documentOf } from './dialects/document.js';
import { extensionsOf, shown } from './dialects/foreign.js';
import { isOfEngine } from './dialects/harmless.js';
import type { ModelWarning } from '../contract/model-warning.js';
import { warning } from './dialects/warning.js';
import { TIMES } from './faults.js';
import { BUSINESS_RULE_TASK, rulesOf } from './decision-rules.js';
import type { ModdleElement } from './host.js';

/** Beginnings of expressions in other languages: of JUEL and FEEL. */
const FOREIGN = /^\s*(?:[$#]\{|=)/;
/** True for an expression of another engine, which is not JavaScript, or means something else there. */
export const isForeign = (text: string): boolean => FOREIGN.test(text);
/** Script formats that are JavaScript under some name, or Python as bpmn-server runs it. */
const JAVASCRIPT = /^(?:(?:text|application)\/)?(?:x-)?(?:java|ecma)script$|^js$/i;
const SERVICES = new Set(['bpmn:ServiceTask', 'bpmn:SendTask', BUSINESS_RULE_TASK]);
const JOBS = new Set(['calledDecision', 'connector', 'taskDefinition']);
/** How other engines name what a service task runs. */
const CALLS = new Set(['class', 'decisionref', 'delegateexpression', 'expression', 'topic', 'type']);

const FAILS = 'bpmn-server runs JavaScript only: an instance fails when it reaches this';
const NOT_RUN =
  'bpmn-server does not run it: unless `serviceCalled` of the application does, the element' +
  ' ends at once as if it were' +
  ' done. A service that it runs is named by `implementation`.';
const IN_A_FILE =
  'bpmn-server reads the rules from a file of this name that ends in .dmn.xml, in the folder `definitionsPath` of its' +
  ' configuration: an instance fails when it reaches this and there is none.';
const NO_RULES =
  'bpmn-server does not run it: the element ends at once. It reads rules from a file that camunda:decisionRef names.';

const textOf = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (value as { body?: unknown } | undefined)?.body;
  return typeof text === 'string' ? text.trim() : '';
};

function ofCondition(def: ModdleElement): ModelWarning[] {
  const text = textOf(def.conditionExpression);
  if (!isForeign(text)) return [];
  const means = `${FAILS} condition, or never takes the flow. Write it as $(…).`;
  return [warning(def, `condition ${text}`, means)];
}

function ofScripts(def: ModdleElement): ModelWarning[] {
  const { namespaces } = documentOf(def);
  const listeners = extensionsOf(def).filter(({ $type }) => /:(?:task|execution)Listener$/.test($type));
  const formats = [
    textOf(def.scriptFormat),
    ...listeners.flatMap(childrenOf).flatMap((script) =>
      namespaces
        .attributesOf(script)
        .filter(({ local }) => local === 'scriptFormat')
        .map(({ value }) => value.trim()),
    ),
  ];
  return formats
    .filter((format) => format !== '' && !JAVASCRIPT.test(format))
    .map((format) => warning(def, `scriptFormat ${format}`, `${FAILS} script.`));
}

/** A text with which bpmn-server finds a service: a path, as opposed to `##WebService` and `${pay}`. */
const isService = (text: string): boolean => text !== '' && !text.startsWith('##') && !isForeign(text);

function ofService(def: ModdleElement): ModelWarning[] {
  if (!SERVICES.has(def.$type)) return [];
  const isOfRules = def.$type === BUSINESS_RULE_TASK;
  const rules = rulesOf(def);
  if (rules !== undefined) return [warning(def, `camunda:decisionRef="${rules}"`, IN_A_FILE)];
  const implementation = textOf(def.implementation);
  const named = isService(implementation) || isService(textOf(def.delegateExpression));
  if (named && !isOfRules) return [];
  const { namespaces } = documentOf(def);
  const isCall = ({ uri, local, value }: Attribute): boolean =>
    isOfEngine(uri) && CALLS.has(local.toLowerCase()) && value.trim() !== '';
  const calls = namespaces.attributesOf(def).filter(isCall);
  const jobs = extensionsOf(def).filter((element) => {
    const { uri, local } = namespaces.nameOf(element);
    return isOfEngine(uri) && JOBS.has(local);
  });
  const found = [
    ...(named ? [`implementation="${implementation}"`] : []),
    ...calls.map(shown),
    ...jobs.map(({ $type }) => `<${$type}>`),
  ];
  return found.length === 0 ? [] : [warning(def, found.join(' '), isOfRules ? NO_RULES : NOT_RUN)];
}

/** A text that bpmn-server reads as JavaScript. */
function ofExpression(def: ModdleElement, what: string, given: unknown): ModelWarning[] {
  const text = textOf(given);
  return isForeign(text) ? [warning(def, `${what} ${text}`, `${FAILS} ${what}. Write it as $(…).`)] : [];
}

function ofLoop(def: ModdleElement): ModelWarning[] {
  const loop = def.loopCharacteristics as ModdleElement | undefined;
  if (loop === undefined) return [];
  if (loop.$type === 'bpmn:StandardLoopCharacteristics')
    return ofExpression(def, 'loopCondition', loop.loopCondition);
  const collection = textOf(loop.collection) || textOf(loop.$attrs?.['camunda:collection']);
  const cardinality = textOf(loop.loopCardinality);
  const never = textOf(loop.completionCondition);
  return [
    ...ofExpression(def, 'collection', collection),
    ...ofExpression(def, 'loopCardinality', cardinality),
    ...(collection + cardinality === '' ? [warning(def, `<${loop.$type}>`, NO_PASSES)] : []),
    ...(never === '' ? [] : [warning(def, `completionCondition ${never}`, RUNS_ALL)]),
  ];
}

const NO_PASSES =
  'bpmn-server reads the attribute camunda:collection or the loopCardinality, and there is neither: an instance fails' +
  ' when it reaches this loop.';
const RUNS_ALL = 'bpmn-server does not read it: the loop makes all its passes.';
const NO_CONDITIONS = 'bpmn-server has no conditional events: this one waits until somebody continues it.';

function ofEvents(def: ModdleElement): ModelWarning[] {
  return ((def.eventDefinitions ?? []) as ModdleElement[]).flatMap((event) => {
    if (event.$type === 'bpmn:ConditionalEventDefinition')
      return [warning(def, `condition ${textOf(event.condition)}`, NO_CONDITIONS)];
    return TIMES.flatMap((time) => ofExpression(def, time, event[time]));
  });
}

function ofCall(def: ModdleElement): ModelWarning[] {
  const called = textOf(def.calledElement);
  if (!isForeign(called)) return [];
  return [warning(def, `calledElement ${called}`, 'It is the name of a model here, not an expression.')];
}

/** Conditions, scripts, services, loops and events of an element that are written for other engines. */
export const foreignCodeIn = (def: ModdleElement): ModelWarning[] => [
  ...ofCondition(def),
  ...ofScripts(def),
  ...ofService(def),
  ...ofLoop(def),
  ...ofEvents(def),
  ...ofCall(def),
];

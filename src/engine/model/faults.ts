import { CALL_ACTIVITY } from '../../core/condition/element-types.js';
import { GuardError } from '../../core/errors.js';
import { show } from '../../core/value.js';
import { namesNoTime, secondsUntil, takesNoTime } from './timer-text.js';
import type { HostItem, HostToken, ModdleElement } from './host.js';

/** A part of a model that fails whenever the engine reaches it. */
export interface Fault {
  readonly found: string;
  /** The element, as in "reaches this …". */
  readonly what: string;
}

interface Flow extends ModdleElement {
  readonly flowElements?: readonly (ModdleElement & { readonly incoming?: readonly unknown[] })[];
  readonly calledElement?: unknown;
  readonly eventDefinitions?: readonly ModdleElement[];
}

/** The ways in which a timer says its time. */
export const TIMES = ['timeDate', 'timeDuration', 'timeCycle'] as const;

export const beginsNowhere = ({ flowElements = [] }: Flow): boolean =>
  !flowElements.some(({ $type }) => $type === 'bpmn:StartEvent');

/** An ad-hoc sub-process begins with everything to which no flow leads. */
const hasNothingToDo = ({ flowElements = [] }: Flow): boolean => {
  const reached = new Set(flowElements.map(({ targetRef }) => targetRef));
  return flowElements.every(
    (element) =>
      element.$type === 'bpmn:SequenceFlow' || element.$type === 'bpmn:EndEvent' || reached.has(element),
  );
};

const isBlank = (value: unknown): boolean => typeof value !== 'string' || value.trim() === '';

/** The fault of an element, apart from its timers; undefined if there is none. */
export function faultOf(def: ModdleElement): Fault | undefined {
  const { $type } = def;
  if (($type === 'bpmn:SubProcess' || $type === 'bpmn:Transaction') && beginsNowhere(def))
    return { found: 'no start event', what: 'sub-process' };
  if ($type === 'bpmn:AdHocSubProcess' && hasNothingToDo(def))
    return { found: 'nothing that it can begin with', what: 'ad-hoc sub-process' };
  if ($type === CALL_ACTIVITY && isBlank((def as Flow).calledElement))
    return { found: 'no calledElement', what: 'call, which names no model' };
  return undefined;
}

const textOf = (timer: ModdleElement, name: string): unknown =>
  (timer[name] as { body?: unknown } | undefined)?.body;
const timerOf = (def: ModdleElement): ModdleElement | undefined =>
  (def as Flow).eventDefinitions?.find(({ $type }) => $type === 'bpmn:TimerEventDefinition');

/** In the order in which bpmn-server looks for them. */
const LOOKED_FOR = ['timeDuration', 'timeCycle', 'timeDate'] as const;

/** What a timer event says of its time; undefined if it is none. */
function timeSaid(def: ModdleElement): { readonly name?: string; readonly text: string } | undefined {
  const timer = timerOf(def);
  if (timer === undefined) return undefined;
  const name = LOOKED_FOR.find((time) => !isBlank(textOf(timer, time)));
  return name === undefined ? { text: '' } : { name, text: textOf(timer, name) as string };
}

/** The fault of a timer event that has no time, or a constant that is none. */
export function timerFaultOf(def: ModdleElement): Fault | undefined {
  const said = timeSaid(def);
  if (said === undefined) return undefined;
  const { name, text } = said;
  if (name === undefined) return { found: 'a timer without a time', what: 'event' };
  return namesNoTime(name, text)
    ? { found: `${name} ${show(text)}, which is not a time`, what: 'event' }
    : undefined;
}

/** What the author of a process start by timer should know: bpmn-server evaluates nothing there, and counts nothing. */
export function startTimerNote(def: ModdleElement): { found: string; means: string } | undefined {
  const said = timeSaid(def);
  if (said === undefined) return undefined;
  const { name, text } = said;
  const found = name === undefined ? 'a timer without a time' : `${name} ${show(text)}`;
  if (name === undefined || secondsUntil(text, null) === undefined || name === 'timeDate')
    return { found, means: STARTS_NOTHING };
  if (takesNoTime(text)) return { found, means: NO_SPAN };
  return /^R\d/.test(text) ? { found, means: NOT_COUNTED } : undefined;
}

const STARTS_NOTHING =
  'The timer starts no instance. At a start event, bpmn-server reads a duration such as PT1H, a cycle or a cron' +
  ' expression, but no date and no expression with data.';
const NO_SPAN =
  'The timer starts no instance: no time passes between one start and the next. The shortest cycle is one second.';
const NOT_COUNTED =
  'The repetitions are not counted, as in bpmn-server: the timer starts instances until the model is changed or' +
  ' removed.';

const THROWN: ReadonlySet<string> = new Set(['bpmn:EndEvent', 'bpmn:IntermediateThrowEvent']);

/** What is around an element: sub-processes and transactions, without the process. */
function containersOf({ $parent }: ModdleElement): ModdleElement[] {
  return $parent === undefined || $parent.$type === 'bpmn:Process' ? [] : [$parent, ...containersOf($parent)];
}

/**
 * The fault of an event that throws an error or cancels: bpmn-server ends the transaction around it, and fails if
 * there is none. Below two sub-processes it takes one of them for it.
 */
export function thrownFaultOf(def: ModdleElement): Fault | undefined {
  if (!THROWN.has(def.$type)) return undefined;
  const kinds = new Set((def as Flow).eventDefinitions?.map(({ $type }) => $type));
  const around = containersOf(def);
  const isInside = around.length > 1 || around.some(({ $type }) => $type === 'bpmn:Transaction');
  if (kinds.has('bpmn:ErrorEventDefinition') && !isInside)
    return { found: 'an error event outside a transaction', what: 'event' };
  return kinds.has('bpmn:CancelEventDefinition') && around.length === 0
    ? { found: 'a cancel event outside a transaction', what: 'event' }
    : undefined;
}

/** The error for an instance that reaches a part that cannot be run. It is the model's, not the caller's. */
export const failure = (element: string, cause: string, error?: unknown): GuardError =>
  new GuardError(
    'failed',
    `${element}: ${cause}. Nothing was stored.`,
    error === undefined ? {} : { cause: error },
  );

/** The error for an instance that reaches a fault. */
export const faultReached = (element: string, { found, what }: Fault): GuardError =>
  failure(element, `the model fails at this ${what}: ${found}`);

/** The error for a timer whose time cannot be read. Names what the model says, not what it evaluates to. */
export function noTimeIn(element: string, def: ModdleElement): GuardError {
  const timer = timerOf(def);
  const name = timer && TIMES.find((time) => !isBlank(textOf(timer, time)));
  return name === undefined
    ? faultReached(element, { found: 'a timer without a time', what: 'event' })
    : failure(
        element,
        `the timer has no valid time: its ${name} is ${show(textOf(timer as ModdleElement, name))}`,
      );
}

/** The events that end the transaction around them. */
export const ENDS_TRANSACTION = ['bpmn:ErrorEventDefinition', 'bpmn:CancelEventDefinition'] as const;

interface Origins extends HostToken {
  readonly originItem?: HostItem | null;
  readonly parentToken?: Origins | null;
}

/** The fault of an event that ends a transaction: bpmn-server finds none around it. */
export function endsNothing(kind: (typeof ENDS_TRANSACTION)[number], { token }: HostItem): Fault | undefined {
  const { originItem, parentToken } = token as Origins;
  const isInside =
    kind === 'bpmn:CancelEventDefinition'
      ? Boolean(parentToken)
      : originItem?.type === 'bpmn:Transaction' || Boolean(originItem && parentToken?.originItem);
  return isInside
    ? undefined
    : { found: 'bpmn-server looks for a transaction around it and finds none', what: 'event' };
}

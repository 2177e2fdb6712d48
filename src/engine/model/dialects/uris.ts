/** Engines with the same attributes for people, dates and starters, by the namespace of those attributes. */
export const SAME_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({
  'http://camunda.org/schema/1.0/bpmn': 'Camunda 7',
  'http://activiti.org/bpmn': 'Activiti',
  'http://flowable.org/bpmn': 'Flowable',
  'http://operaton.org/schema/1.0/bpmn': 'Operaton',
});

export const ZEEBE = 'http://camunda.org/schema/zeebe/1.0';
export const JBPM = 'http://www.jboss.org/drools';
export const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';

/** Namespaces of diagrams, colours, editors and XML itself, which never name people. */
export const ABOUT_OTHER_THINGS: readonly string[] = Object.freeze([
  'http://www.omg.org/spec/BPMN/20100524/DI',
  'http://www.omg.org/spec/DD/20100524/DC',
  'http://www.omg.org/spec/DD/20100524/DI',
  'http://www.omg.org/spec/BPMN/non-normative/color/1.0',
  'http://bpmn.io/schema/bpmn/biocolor/1.0',
  'http://camunda.org/schema/modeler/1.0',
  'http://www.w3.org/2001/XMLSchema-instance',
  'http://www.w3.org/XML/1998/namespace',
]);

/** Extension elements of the supported engines that hold data, forms or code; names in them may look like people. */
export const DATA_AND_CODE: readonly string[] = Object.freeze([
  'connector',
  'eventListener',
  'executionListener',
  'executionListeners',
  'failedJobRetryTimeCycle',
  'formData',
  'formDefinition',
  'formProperty',
  'in',
  'inputOutput',
  'ioMapping',
  'linkedResources',
  'out',
  'script',
  'taskDefinition',
  'taskHeaders',
  'taskListener',
  'taskListeners',
  'userTask',
  'userTaskForm',
]);

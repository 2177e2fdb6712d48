const STEPS = ['first', 'second', 'third'];

/** The user tasks of the model, in their order. */
export const TASKS = Object.freeze(STEPS);
export const MODEL_NAME = 'Three steps';

const task = (id) => `<bpmn:userTask id="${id}" name="${id}" camunda:assignee="$(this.data.requester)"/>`;
const flow = (from, to) => `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}"/>`;
const nodes = ['start', ...STEPS, 'end'];

/** A process of three user tasks, one after the other, each for who started it. */
export const MODEL_SOURCE = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions" targetNamespace="bench">
<bpmn:process id="three-steps" isExecutable="true">
<bpmn:startEvent id="start" camunda:initiator="requester"/>${STEPS.map(task).join('')}<bpmn:endEvent id="end"/>
${nodes
  .slice(1)
  .map((to, i) => flow(nodes[i], to))
  .join('')}
</bpmn:process></bpmn:definitions>`;

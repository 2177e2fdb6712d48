import * as bpmn from 'bpmn-server';

type Loose = any;

/** A service as a framework with injection makes it: one API, one fixed user, no request in sight. */
export class WorkflowService {
  private readonly api: Loose;
  private readonly user = new bpmn.SecureUser({ userName: 'service', userGroups: ['ADMIN'] } as never);

  constructor(server: unknown) {
    this.api = new (bpmn as Loose).BPMNAPI(server);
  }

  /** Starts, hands the task to somebody, completes it, and tells how it ended. */
  async through(model: string, input: object): Promise<unknown> {
    const { api, user } = this;
    const started = await api.engine.start(model, input, user);
    const [task] = await api.data.getPendingUserTasks({ id: started.id }, user);
    await api.engine.assign({ 'items.id': task.id }, {}, { assignee: 'service' }, user);
    const done = await api.engine.invoke({ 'items.id': task.id }, { done: true }, user);
    const [found] = await api.data.findInstances({ id: started.id }, user, 'full');
    return {
      status: done.instance.status,
      data: found.data,
      models: (await api.model.list({}, user)).map(({ name }: Loose) => name),
    };
  }
}

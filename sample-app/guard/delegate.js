import { DefaultAppDelegate } from 'bpmn-server';

/** Provides the models of this application with their services, as `appServices` in expressions and scripts. */
export class Delegate extends DefaultAppDelegate {
  #services;

  constructor(server, services) {
    super(server);
    this.#services = services;
  }

  async getServicesProvider() {
    return this.#services;
  }

  startUp() {}
}

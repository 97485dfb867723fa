import type { Fault } from './fault.js';
import { networkFaults } from './network.js';
import { processFaults } from './processes.js';
import { serverFaults } from './server.js';

/** All that goes wrong in a campaign. The clocks of some processes are wrong from their start on. */
export const FAULTS: readonly Fault[] = [...processFaults, ...networkFaults, ...serverFaults];

import { parseChannels } from '../../../lib/channel/parse-channels.js';
import { configFor } from '../../support/config-for.js';

describe('the config of a channel made on first use', () => {
  const configs = parseChannels('root:20,tenants:9,tenants.*:2:fair,tenants.acme:5,*:3');

  it('is its own entry where it has one', () => {
    expect(configFor('root.tenants.acme', configs)).toMatchObject({
      name: 'root.tenants.acme',
      capacity: 5,
      fair: false,
    });
    expect(configFor('root.tenants', configs)).toMatchObject({ name: 'root.tenants', capacity: 9 });
  });

  it('is else the wildcard of the channel right above it, under its own name', () => {
    expect(configFor('root.tenants.other', configs)).toMatchObject({
      name: 'root.tenants.other',
      capacity: 2,
      fair: true,
    });
    expect(configFor('root.mail', configs)).toMatchObject({ name: 'root.mail', capacity: 3 });
  });

  it('is without limit two levels below a wildcard, and where nothing is said', () => {
    expect(configFor('root.tenants.acme.mail', configs)).toEqual({
      name: 'root.tenants.acme.mail',
      capacity: null,
      sequential: false,
      throttle: null,
      rate: null,
      fair: false,
      paused: false,
      removalInterval: null,
    });
    expect(configFor('root', [])).toMatchObject({ name: 'root', capacity: null });
  });
});

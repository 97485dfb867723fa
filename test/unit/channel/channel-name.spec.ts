import {
  ancestorsOf,
  normalizeChannelName,
  normalizeChannelPattern,
  parentOf,
} from '../../../lib/channel/channel-name.js';
import { ChannelConfigError } from '../../../lib/errors/channel-config.error.js';

describe('the name of a channel', () => {
  it.each([
    ['mail', 'root.mail'],
    ['root.mail', 'root.mail'],
    ['root', 'root'],
    ['rootless', 'root.rootless'],
    ['Root', 'root.Root'],
    ['root.root', 'root.root'],
    ['a.b.c', 'root.a.b.c'],
    ['größe', 'root.größe'],
    ['gro\u0308ße', 'root.gr\u00f6ße'],
    ['tenant_1-eu', 'root.tenant_1-eu'],
  ])('%s is the full path %s, which stays as it is', (name, path) => {
    expect(normalizeChannelName(name)).toBe(path);
    expect(normalizeChannelName(path)).toBe(path);
  });

  it.each([
    '',
    '.',
    'a.',
    '.a',
    'root.',
    'a..b',
    'a b',
    ' a',
    'a\n',
    'a:b',
    'a,b',
    'a=b',
    'a/b',
    '*',
    'a.*',
    'a\0',
    '😀',
    'x'.repeat(251),
  ])('%j is none', (name) => {
    expect(() => normalizeChannelName(name)).toThrow(ChannelConfigError);
    expect(() => normalizeChannelName(name)).toThrow(
      /is not the name of a channel: allowed are parts joined by dots/,
    );
  });

  it.each([undefined, null, 5, {}, Symbol('mail')])('is never anything but a string: %p', (name) => {
    expect(() => normalizeChannelName(name as string)).toThrow(ChannelConfigError);
  });

  it('may end in a wildcard in a configuration only', () => {
    expect(normalizeChannelPattern('tenants.*')).toBe('root.tenants.*');
    expect(normalizeChannelPattern('tenants')).toBe('root.tenants');
    expect(() => normalizeChannelPattern('tenants.*.mail')).toThrow(ChannelConfigError);
    expect(() => normalizeChannelPattern('tenants.**')).toThrow(/the last part may be "\*"/);
  });
});

describe('the tree', () => {
  it('has the root above all, and every channel among its own ancestors', () => {
    expect(ancestorsOf('root')).toEqual(['root']);
    expect(ancestorsOf('root.a.b')).toEqual(['root', 'root.a', 'root.a.b']);
  });

  it('has a parent for every channel but the root', () => {
    expect(parentOf('root.a.b')).toBe('root.a');
    expect(parentOf('root.a')).toBe('root');
    expect(parentOf('root')).toBeNull();
  });
});

import { BRAND } from './brand.js';
import { InvalidModuleOptionError } from './invalid-module-option.error.js';

/** A channel configuration can not be read, such as the module option `channels`; the message quotes the entry. */
export class ChannelConfigError extends InvalidModuleOptionError {
  /** @internal */
  static override readonly [BRAND]: string = 'ChannelConfigError';

  override readonly code: string = 'CHANNEL_CONFIG';
}

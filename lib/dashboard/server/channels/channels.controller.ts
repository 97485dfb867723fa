import { Get, Patch, Post } from '@nestjs/common';
import { ChannelService } from '../../../services/channel.service.js';
import type { ChannelOverride, ChannelState } from '../../../store/channels/channel-store.js';
import type { ChannelProperties, ChannelView } from '../../api/cluster.api.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { parseChannelChange, parseChannelName } from '../input/cluster.input.js';
import { CHANNEL, CHANNEL_CHANGE } from '../openapi/cluster-schemas.js';
import { Described } from '../openapi/described.js';
import { listOf } from '../openapi/schemas.js';

const ONE = {
  path: { name: 'A channel, such as `root.mail`' },
  problems: { 404: 'There is no such channel' },
};

/** The channels, and what can be changed of them while everything runs. */
@ApiController('channels')
export class ChannelsController {
  constructor(
    private readonly channels: ChannelService,
    private readonly trail: AuditTrail,
  ) {}

  @Get()
  @Described({ summary: 'All channels in use, by name', answer: listOf(CHANNEL) })
  async list(): Promise<ChannelView[]> {
    return (await this.channels.list()).map(channelView);
  }

  @Get(':name')
  @Described({ summary: 'A channel', ...ONE, answer: CHANNEL })
  async one({ params }: Call): Promise<ChannelView> {
    return channelView(await this.channels.get(parseChannelName(params['name'])));
  }

  @Patch(':name')
  @Described({
    summary: 'Changes a channel at once, on all nodes',
    description: 'What is left out stays. The change is kept over restarts, until it is taken back.',
    ...ONE,
    body: CHANNEL_CHANGE,
    answer: CHANNEL,
  })
  async change(call: Call): Promise<ChannelView> {
    const { params, requester } = call;
    requester.must('channels');
    const change = parseChannelChange(await call.body());
    const name = (await this.channels.get(parseChannelName(params['name']))).name;
    await this.trail.note(
      { actor: requester.actor, action: 'channels.change', target: name, details: { change } },
      async () => this.channels.configure(name, change),
    );
    return channelView(await this.channels.get(name));
  }

  @Post(':name/reset')
  @Described({
    summary: "Gives a channel back to what the application's code says",
    ...ONE,
    body: { type: 'object' },
    answer: CHANNEL,
  })
  async reset({ params, requester }: Call): Promise<ChannelView> {
    requester.must('channels');
    const { name, overridden: changed } = await this.channels.get(parseChannelName(params['name']));
    await this.trail.note(
      { actor: requester.actor, action: 'channels.reset', target: name, details: { before: changed } },
      async () => this.channels.reset(name),
    );
    return channelView(await this.channels.get(name));
  }
}

const channelView = (state: ChannelState): ChannelView => ({
  name: state.name,
  capacity: state.capacity,
  sequential: state.sequential,
  throttle: state.throttle,
  fair: state.fair,
  paused: state.paused,
  removalInterval: state.removalInterval,
  running: state.running,
  waiting: state.waiting,
  failed: state.failed,
  nextStart: state.nextStart?.toISOString() ?? null,
  configured: state.configured === null ? null : properties(state.configured),
  changed: properties(state.overridden),
});

const properties = (change: ChannelOverride): Partial<ChannelProperties> => ({ ...change });

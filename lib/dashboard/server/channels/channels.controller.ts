import { Get, Patch, Post } from '@nestjs/common';
import { ChannelService } from '../../../services/channel.service.js';
import type { ChannelOverride, ChannelState } from '../../../store/channels/channel-state.js';
import type { ChannelLoad, ChannelProperties, ChannelView } from '../../api/channels.api.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { parseChannelChange, parseChannelName, parseChannelPage } from '../input/cluster.input.js';
import { CHANNEL, CHANNEL_CHANGE, CHANNEL_LOAD } from '../openapi/cluster-schemas.js';
import { Described } from '../openapi/described.js';
import { listOf } from '../openapi/schemas.js';
import { DashboardStore } from '../store/dashboard.store.js';
import { ChannelLoads } from './channel-loads.js';

const PAGE = 200;

interface Pause {
  readonly actor: string;
  readonly date: Date;
}

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
    private readonly store: DashboardStore,
    private readonly loads: ChannelLoads,
  ) {}

  @Get()
  @Described({
    summary: 'Channels in use, by name',
    description:
      'Pass the name of the last one as `after` for those that come next; fewer than `limit` are the end.',
    query: {
      text: 'Only names that contain this text, in any case',
      after: 'Only names after this one',
      limit: '1 to 1,000. Default: 200',
    },
    answer: listOf(CHANNEL),
  })
  async list({ query }: Call): Promise<ChannelView[]> {
    const { limit = PAGE, after, text } = parseChannelPage(query);
    const bounds = {
      limit,
      ...(after === undefined ? {} : { after }),
      ...(text === undefined ? {} : { text }),
    };
    return this.views(await this.store.channels.list(bounds));
  }

  @Get(':name')
  @Described({ summary: 'A channel', ...ONE, answer: CHANNEL })
  async one({ params }: Call): Promise<ChannelView> {
    return this.view(parseChannelName(params['name']));
  }

  @Get(':name/load')
  @Described({
    summary: 'How a channel goes: waits, throughput, what is left, its nodes, functions and changes',
    description:
      'Percentiles are at most 12 % off. Of very many waiting jobs the first 10,000 are counted in.',
    ...ONE,
    answer: CHANNEL_LOAD,
  })
  async load({ params, rights }: Call): Promise<ChannelLoad> {
    return this.loads.read(await this.channels.get(parseChannelName(params['name'])), rights);
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
    return this.view(name);
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
    return this.view(name);
  }

  /** @throws ChannelNotFoundError */
  private async view(name: string): Promise<ChannelView> {
    const [view] = await this.views([await this.channels.get(name)]);
    return view as ChannelView;
  }

  private async views(states: readonly ChannelState[]): Promise<ChannelView[]> {
    const paused = states.flatMap(({ name, paused: is }) => (is ? [name] : []));
    const pauses = paused.length === 0 ? new Map<string, Pause>() : await this.store.audit.pauses(paused);
    return states.map((state) => channelView(state, pauses.get(state.name)));
  }
}

const channelView = (state: ChannelState, pause: Pause | undefined): ChannelView => ({
  name: state.name,
  capacity: state.capacity,
  sequential: state.sequential,
  throttle: state.throttle,
  rate: state.rate,
  fair: state.fair,
  paused: state.paused,
  removalInterval: state.removalInterval,
  running: state.running,
  waiting: state.waiting,
  failed: state.failed,
  nextStart: state.nextStart?.toISOString() ?? null,
  configured: state.configured === null ? null : properties(state.configured),
  changed: properties(state.overridden),
  pausedAbove: state.pausedAbove,
  pause: pause === undefined ? null : { actor: pause.actor, date: pause.date.toISOString() },
});

const properties = (change: ChannelOverride): Partial<ChannelProperties> => ({ ...change });

import { Body, Controller, Get, Param, Patch } from '@nestjs/common';
import { type ChannelProperties, ChannelService, type ChannelState } from 'nestjs-queue-job';

@Controller('queue/channels')
export class ChannelsController {
  constructor(private readonly channels: ChannelService) {}

  @Get()
  async list(): Promise<ChannelState[]> {
    return this.channels.list();
  }

  /** Works at once, in all processes, and is kept: `{ "capacity": 2 }`, `{ "paused": true }`. */
  @Patch(':name')
  async change(@Param('name') name: string, @Body() properties: ChannelProperties): Promise<ChannelState> {
    await this.channels.get(name); // A name that was misspelt makes no channel.
    await this.channels.configure(name, properties);
    return this.channels.get(name);
  }
}

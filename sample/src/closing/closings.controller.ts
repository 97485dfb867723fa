import { Controller, Get, HttpCode, HttpStatus, NotFoundException, Post } from '@nestjs/common';
import { ClosingService, type ClosingView } from './closing.service.ts';

@Controller('closings')
export class ClosingsController {
  constructor(private readonly closings: ClosingService) {}

  /** What the schedule does each evening. */
  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  async start(): Promise<ClosingView> {
    return this.closings.start(new Date().toISOString().slice(0, 10));
  }

  @Get('latest')
  async latest(): Promise<ClosingView> {
    const latest = await this.closings.latest();
    if (!latest) throw new NotFoundException('No day was closed yet.');
    return latest;
  }
}

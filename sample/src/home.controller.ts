import { Controller, Get, Header } from '@nestjs/common';
import { WHAT_TO_TRY } from './what-to-try.ts';

@Controller()
export class HomeController {
  @Get()
  @Header('content-type', 'text/plain; charset=utf-8')
  home(): string {
    return WHAT_TO_TRY;
  }
}

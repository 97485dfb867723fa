import { Controller, Get, Header } from '@nestjs/common';
import { MORE_TO_TRY, WELCOME } from './what-to-try.ts';

@Controller()
export class HomeController {
  @Get()
  @Header('content-type', 'text/plain; charset=utf-8')
  home(): string {
    return WELCOME + MORE_TO_TRY;
  }
}

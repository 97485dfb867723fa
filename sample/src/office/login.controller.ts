import { Body, Controller, Get, Header, HttpStatus, Post, Res } from '@nestjs/common';
import { Office } from './office.ts';

interface Reply {
  status(code: number): Reply;
  setHeader(name: string, value: string): void;
  redirect(code: number, path: string): void;
  send(text: string): void;
}

/** As the dashboard looks, to which it leads. */
const STYLE = `
  :root { --ground: #fafafb; --surface: #fff; --line: #d6d6dd; --ink: #17181c; --ink-2: #53565f; --accent: #4f46e5; --bad: #b42318; }
  @media (prefers-color-scheme: dark) {
    :root { --ground: #101114; --surface: #1a1b1f; --line: #3a3b42; --ink: #ececf1; --ink-2: #a4a7b1; --accent: #6d66ee; --bad: #ff8a80; }
  }
  * { box-sizing: border-box; }
  body { display: grid; place-items: center; min-height: 100vh; margin: 0; padding: 16px; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
  main { width: 100%; max-width: 360px; padding: 28px; background: var(--surface); border: 1px solid var(--line); border-radius: 12px; }
  h1 { margin: 0 0 4px; font-size: 20px; }
  p { margin: 0; color: var(--ink-2); font-size: 13px; }
  form { display: grid; gap: 14px; margin-top: 20px; }
  label { display: grid; gap: 4px; font-size: 13px; }
  input, button { min-height: 38px; padding: 0 12px; font: inherit; border: 1px solid var(--line); border-radius: 7px; }
  input { color: inherit; background: var(--ground); }
  button { color: #fff; font-weight: 600; background: #4f46e5; border-color: transparent; cursor: pointer; }
  [role='alert'] { color: var(--bad); }
  [role='alert']:empty { display: none; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
`;

const form = (message = ''): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>The office of the shop</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <main>
      <h1>The office of the shop</h1>
      <p>The password is the one that the shop printed when it started.</p>
      <form method="post" action="/login">
        <label>Your name <input name="name" required maxlength="50" autocomplete="username" autofocus /></label>
        <label>Password <input name="password" type="password" required autocomplete="current-password" /></label>
        <p role="alert">${message}</p>
        <button>Log in</button>
      </form>
    </main>
  </body>
</html>
`;

/** The way to the jobs of the shop. */
@Controller('login')
export class LoginController {
  constructor(private readonly office: Office) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  show(): string {
    return form();
  }

  @Post()
  enter(@Body() body: { name?: unknown; password?: unknown }, @Res() reply: Reply): void {
    const { name, password } = body;
    const session =
      typeof name === 'string' && typeof password === 'string' ? this.office.enter(name, password) : null;
    if (session === null) {
      reply.setHeader('content-type', 'text/html; charset=utf-8');
      reply.status(HttpStatus.UNAUTHORIZED).send(form('That is not the password that the shop printed.'));
      return;
    }
    reply.setHeader('set-cookie', `session=${session}; HttpOnly; SameSite=Strict; Path=/`);
    reply.redirect(HttpStatus.SEE_OTHER, '/queue-jobs');
  }
}

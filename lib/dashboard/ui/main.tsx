import { render } from 'preact';
import { App } from './app/app.js';
import { drawOddCharacters } from './app/odd-characters.js';
import { Root } from './shell/root.js';
import './styles/tokens.css';
import './styles/base.css';

const place = document.getElementById('app');
if (place !== null) {
  // `<base>` says where the page is mounted; without one, it stands where it was asked for.
  const app = new App(new URL('./', document.baseURI));
  drawOddCharacters();
  app.start();
  render(<Root app={app} />, place);
}

import { render } from 'preact';
import { App } from './app.tsx';
import { follow } from './state.ts';
import './style.css';

render(<App />, document.getElementById('app') as HTMLElement);
void follow();

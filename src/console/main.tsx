import './styles/font.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/widgets.css';
import './styles/chart.css';
import './styles/views.css';
import './styles/compose.css';
import './styles/further.css';
import './styles/keys.css';
import { render } from 'preact';
import { App } from './app/app';
import { applyTheme } from './app/theme';

applyTheme();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);

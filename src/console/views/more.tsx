import { Settings } from '../app/navigation';
import { href } from '../app/router';
import { FURTHER, isOpen } from '../app/sections';
import { t } from '../texts';
import { Icon } from '../widgets/icon';

/** What has no room in the bar of a phone. */
export function More() {
  const sections = FURTHER.filter(isOpen);
  return (
    <>
      <header class="head">
        <h1>{t.moreView.title}</h1>
      </header>
      {sections.length > 0 && (
        <ul class="more-links card">
          {sections.map(({ section, icon, label }) => (
            <li key={section}>
              <a href={href([section])}>
                <Icon name={icon} />
                {label}
              </a>
            </li>
          ))}
        </ul>
      )}
      <div class="card more-settings">
        <Settings />
      </div>
    </>
  );
}

import { useApp, useTexts } from '../app/app-context.js';
import type { KeyBinding, KeyGroup } from '../app/keyboard.js';
import { Dialog } from '../components/dialog.js';

const GROUPS: readonly KeyGroup[] = ['general', 'go', 'list', 'page'];

/** The keys that work where one is. */
export function HelpDialog({ close }: { close: () => void }) {
  const { keyboard } = useApp();
  const { t } = useTexts();
  const bindings = keyboard.bindings.value;
  return (
    <Dialog title={t('keys.title')} close={close} wide>
      <div class="keys">
        {GROUPS.map((group) => {
          const inGroup = bindings.filter((binding) => binding.group === group);
          return (
            inGroup.length > 0 && (
              <section key={group}>
                <h3 class="keys-group">{t(`keys.group.${group}`)}</h3>
                <dl>
                  {inGroup.map((binding) => (
                    <div class="keys-line" key={binding.keys}>
                      <dt>{t(binding.text)}</dt>
                      <dd>
                        <Keys binding={binding} />
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            )
          );
        })}
      </div>
    </Dialog>
  );
}

function Keys({ binding }: { binding: KeyBinding }) {
  const { t } = useTexts();
  return (
    <>
      {binding.keys.split(' ').map((key, index) => (
        <span key={key}>
          {index > 0 && <span class="keys-then"> {t('keys.then')} </span>}
          <kbd class="key">{key}</kbd>
        </span>
      ))}
    </>
  );
}

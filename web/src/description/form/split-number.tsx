import { Split } from 'lucide-react'
import { useId } from 'react'
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { Button } from '../../controls/button.tsx'
import type { Option } from '../../controls/choice.tsx'
import { useLanguage } from '../../language/use-words.ts'
import { announce } from '../../shell/announce.tsx'
import { fieldOf, type Path } from '../edits.ts'
import { splitRule } from '../split-rule.ts'
import { freshId } from './fresh-id.ts'
import { useForm, useItems } from './form-state.tsx'

/** Moves one number of a rule to a rule of its own, so that it can be changed separately. */
export function SplitNumber({ rule, numbers }: { rule: Path; numbers: Option[] }) {
  const { t } = useLanguage()
  const { document, edit, goTo } = useForm()
  const list = rule.slice(0, -1)
  const rules = useItems(list)
  const hint = useId()
  const split = (number: string) => {
    for (const { path, value } of splitRule(document, rule, number, freshId('rule', rules))) edit(path, value)
    announce(t('form.rule.split.done', { number }))
    // Runs after the menu has restored the focus.
    window.setTimeout(() => goTo(fieldOf([...list, rules.length])))
  }
  return (
    <div className="split">
      <p className="hint" id={hint}>
        {t('form.rule.split.hint')}
      </p>
      <MenuTrigger>
        <Button kind="secondary" className="small" aria-describedby={hint}>
          <Split aria-hidden="true" size={18} />
          {t('form.rule.split')}
        </Button>
        <Popover className="popover select-popover">
          <Menu
            className="listbox"
            items={numbers.map((one) => ({ ...one, id: one.value }))}
            onAction={(key) => split(String(key))}
          >
            {(one) => (
              <MenuItem className="option" textValue={one.label}>
                <span className="option-words">
                  <span>{one.label}</span>
                  {one.detail && <span className="option-detail">{one.detail}</span>}
                </span>
              </MenuItem>
            )}
          </Menu>
        </Popover>
      </MenuTrigger>
    </div>
  )
}

import { CircleCheck, CircleDashed, CircleX } from 'lucide-react'
import { useEffect, useEffectEvent } from 'react'
import type { PasswordProblem } from '../api/shapes.ts'
import { PasswordField } from '../controls/password-field.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { judgeRules, lengthOf, type PasswordLengths, type PasswordRule, type RuleState } from './password-rules.ts'

const icons = { open: CircleDashed, met: CircleCheck, unmet: CircleX }

/** Fields for a new password. Each rule is listed and checked while typing. */
export function NewPassword({
  id,
  label,
  value,
  onChange,
  lengths,
  found,
  error,
  current,
}: {
  id: string
  label: string
  value: string
  onChange: (value: string) => void
  lengths: PasswordLengths
  /** Problems found by the server; undefined until it has answered. */
  found: readonly PasswordProblem[] | undefined
  error?: string | undefined
  /** Current password as typed so far, if any: the new one must differ. */
  current?: string
}) {
  const { t } = useLanguage()
  const judged = judgeRules(value, lengths, found, current)
  const rules: PasswordRule[] = [
    'length',
    'guessable',
    'context',
    ...(current !== undefined ? (['same'] as const) : []),
  ]
  const unmet = rules.filter((rule) => judged[rule] === 'unmet')
  const announceNow = useEffectEvent(() => {
    if (value === '') return
    const missing = unmet.map((rule) => ruleText(rule)).join('. ')
    announce(missing ? `${t('account.password.rule.unmet')}: ${missing}` : t('account.password.fit'))
  })
  useEffect(() => {
    if (found) announceNow()
  }, [found])

  const ruleText = (rule: PasswordRule) => t(`account.password.rule.${rule}` as Word, { least: lengths.least })
  const stateText = (state: RuleState) => (state === 'open' ? '' : `${t(`account.password.rule.${state}` as Word)}: `)
  return (
    <div className="new-password">
      <div className="password-rules">
        <p className="label" id={`${id}-rules`}>
          {t('account.password.rules')}
        </p>
        <ul aria-labelledby={`${id}-rules`}>
          {rules.map((rule) => {
            const state = judged[rule]
            const Icon = icons[state]
            return (
              <li key={rule} className={`rule-${state}`}>
                <Icon aria-hidden="true" size={18} />
                <span>
                  <span className="visually-hidden">{stateText(state)}</span>
                  {ruleText(rule)}
                  {rule === 'length' && value !== '' && (
                    <span className="muted"> {t('account.password.rule.length.now', { count: lengthOf(value) })}</span>
                  )}
                </span>
              </li>
            )
          })}
        </ul>
        <p className="hint">{t('account.password.free')}</p>
      </div>
      <PasswordField
        id={id}
        label={label}
        value={value}
        onChange={onChange}
        autoComplete="new-password"
        error={error}
      />
    </div>
  )
}

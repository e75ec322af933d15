import { Field } from '../controls/field.tsx'
import { useLanguage } from '../language/use-words.ts'
import type { RequesterDraft } from './new-request.ts'

/** Requester and contact details. No personal identity code is requested or accepted. */
export function RequesterFields({
  prefix,
  value,
  onChange,
  errorAt,
}: {
  /** Prefix of its field ids, which errors link to. */
  prefix: string
  value: RequesterDraft
  onChange: (edited: Partial<RequesterDraft>) => void
  errorAt: (field: 'name' | 'address' | 'phone' | 'email') => string | undefined
}) {
  const { t } = useLanguage()
  return (
    <>
      <Field
        id={`${prefix}-name`}
        label={t('requests.request.name')}
        hint={t('requests.request.name.hint')}
        error={errorAt('name')}
        value={value.name}
        onChange={(name) => onChange({ name })}
        maxLength={200}
        autoComplete="off"
      />
      <Field
        id={`${prefix}-address`}
        label={t('requests.request.address')}
        hint={t('requests.request.address.hint')}
        error={errorAt('address')}
        value={value.address}
        onChange={(address) => onChange({ address })}
        maxLength={500}
        rows={3}
        autoComplete="off"
      />
      <div className="side-by-side">
        <Field
          id={`${prefix}-phone`}
          label={t('requests.request.phone')}
          error={errorAt('phone')}
          value={value.phone}
          onChange={(phone) => onChange({ phone })}
          maxLength={40}
          inputMode="tel"
          autoComplete="off"
        />
        <Field
          id={`${prefix}-email`}
          label={t('requests.request.email')}
          error={errorAt('email')}
          value={value.email}
          onChange={(email) => onChange({ email })}
          maxLength={254}
          inputMode="email"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck="false"
        />
      </div>
    </>
  )
}

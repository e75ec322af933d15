import { useState } from 'react'
import { $api } from '../api/client.ts'
import { refusalKey } from '../api/refusal.ts'
import { Choice } from '../controls/choice.tsx'
import { Field } from '../controls/field.tsx'
import { Step } from '../controls/step.tsx'
import { languageNames, languages } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { isLikelyRecipient } from '../requests/acts/acts-shapes.ts'
import { finishRequest } from '../controls/finish-request.ts'
import type { Institute, InstituteFields } from './disclosure-shapes.ts'
import { useStoredForm } from './stored-form.ts'

type Typed = Required<InstituteFields>
const empty: Typed = { name: '', contact: '', email: '', language: 'fi', recipient: '' }
const longest = { name: 200, contact: 200, email: 254 } as const

/** Enters or changes a research institute. Disclosures already decided keep the key that they were decided for. */
export function InstituteForm({ institute, onDone }: { institute?: Institute; onDone: () => void }) {
  const { t } = useLanguage()
  const add = $api.useMutation('post', '/api/institutes')
  const change = $api.useMutation('put', '/api/institutes/{id}')
  const request = institute ? change : add
  const form = useStoredForm<Typed>(
    `institute ${institute?.id ?? 'new'}`,
    institute
      ? {
          name: institute.name,
          contact: institute.contact,
          email: institute.email,
          language: institute.language,
          recipient: institute.recipient ?? '',
        }
      : empty,
  )
  const { typed } = form
  const [isTried, setTried] = useState(false)
  const refused = refusalKey(request.error)
  const recipient = typed.recipient.trim()
  const wrong = {
    name: typed.name.trim() === '' && t('disclosures.institutes.name.missing'),
    contact: typed.contact.trim() === '' && t('disclosures.institutes.contact.missing'),
    email: !/^\S+@\S+\.\S+$/.test(typed.email.trim()) && t('disclosures.institutes.email.wrong'),
    recipient: recipient !== '' && !isLikelyRecipient(recipient) && t('error.institute.recipient'),
  }
  const isKeyRefused = refused === 'institute.recipient'
  const isNameKnown = refused === 'institute.known'
  const errorOf = (field: keyof typeof wrong) =>
    (isTried && wrong[field]) ||
    (field === 'recipient' && isKeyRefused && t('error.institute.recipient')) ||
    (field === 'name' && isNameKnown && t('error.institute.known')) ||
    undefined
  const edit = (edited: Partial<Typed>) => {
    request.reset()
    form.edit(edited)
  }
  const submit = async () => {
    setTried(true)
    if (Object.values(wrong).some(Boolean)) return false
    const body = {
      name: typed.name.trim(),
      contact: typed.contact.trim(),
      email: typed.email.trim(),
      language: typed.language,
      ...(recipient !== '' && { recipient }),
    }
    const pending = institute
      ? change.mutateAsync({ params: { path: { id: institute.id } }, body })
      : add.mutateAsync({ body })
    return finishRequest(pending, () => {
      form.forget()
      setTried(false)
      onDone()
    })
  }
  return (
    <Step
      open={t(institute ? 'disclosures.institutes.change' : 'disclosures.institutes.add')}
      {...(institute && { named: `${t('disclosures.institutes.change')}: ${institute.name}` })}
      submit={t(institute ? 'disclosures.institutes.change.do' : 'disclosures.institutes.add.do')}
      kind={institute ? 'secondary' : 'primary'}
      isBusy={request.isPending}
      error={isKeyRefused || isNameKnown ? undefined : request.error}
      isOpenAtFirst={form.isTyped}
      onOpen={() => setTried(false)}
      onSubmit={submit}
    >
      {(['name', 'contact', 'email'] as const).map((field) => (
        <Field
          key={field}
          label={t(`disclosures.institutes.${field}`)}
          hint={field === 'name' ? undefined : t(`disclosures.institutes.${field}.hint`)}
          error={errorOf(field)}
          value={typed[field]}
          onChange={(value) => edit({ [field]: value })}
          maxLength={longest[field]}
          autoComplete="off"
          {...(field === 'email' && {
            inputMode: 'email' as const,
            autoCapitalize: 'none',
            spellCheck: 'false' as const,
          })}
        />
      ))}
      <Choice
        label={t('disclosures.institutes.language')}
        hint={t('disclosures.institutes.language.hint')}
        options={languages.map((value) => ({ value, label: languageNames[value] }))}
        value={typed.language}
        onChange={(value) => edit({ language: value as Typed['language'] })}
      />
      <Field
        label={t('disclosures.institutes.recipient')}
        hint={t('disclosures.institutes.recipient.hint')}
        error={errorOf('recipient')}
        value={typed.recipient}
        onChange={(value) => edit({ recipient: value })}
        maxLength={80}
        spellCheck="false"
        autoCapitalize="none"
        autoComplete="off"
      />
    </Step>
  )
}

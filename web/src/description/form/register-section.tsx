import { useLanguage, type Word } from '../../language/use-words.ts'
import { Optional } from './optional.tsx'
import { PathChoice, PathTrilingual } from './path-fields.tsx'
import { readAt } from '../edits.ts'
import { useItems } from './form-state.tsx'
import { Section } from './section.tsx'

/** Name of the register, the law it is described by, and the legal basis of each purpose (C15, L1). */
export function RegisterSection() {
  const { t } = useLanguage()
  const purposes = useItems(['purposes'])
  return (
    <Section name="register" title={t('form.register')}>
      <PathTrilingual path={['name']} label={t('form.name')} isLong />
      <PathTrilingual path={['title']} label={t('form.title')} hint={t('form.title.hint')} isLong />
      <PathChoice
        path={['profile']}
        label={t('form.profile')}
        hint={t('form.profile.hint')}
        className="field-wide"
        options={(['seed', 'gdpr'] as const).map((value) => ({ value, label: t(`form.profile.${value}`) }))}
      />
      <h4 className="small-heading">{t('form.bases')}</h4>
      <p className="hint">{t('form.bases.hint')}</p>
      {purposes.map((one, index) => {
        const purpose = String(readAt(one, ['purpose']))
        const name = t(`session.purpose.${purpose}` as Word)
        return (
          <Optional
            key={purpose}
            path={['purposes', index, 'legalBasis']}
            addLabel={t('form.basis.add', { purpose: name })}
            removeLabel={t('form.basis.remove', { purpose: name })}
            fresh={() => ({ fi: '', sv: '', en: '' })}
            announcesError
          >
            <PathTrilingual path={['purposes', index, 'legalBasis']} label={name} isLong rows={2} />
          </Optional>
        )
      })}
    </Section>
  )
}

import { AnnouncementsSection } from '../form/announcements-section.tsx'
import { ContactsSection } from '../form/contacts-section.tsx'
import { ControllerSection } from '../form/controller-section.tsx'
import { FormContext, type FormState } from '../form/form-state.tsx'
import { NumbersSection } from '../form/numbers-section.tsx'
import { PlanSection } from '../form/plan-section.tsx'
import { RegisterSection } from '../form/register-section.tsx'
import { StorageSection } from '../form/storage-section.tsx'
import { SwitchesSection } from '../form/switches-section.tsx'

export function DraftForm({ state }: { state: FormState }) {
  return (
    <FormContext value={state}>
      <div className="form-sections">
        <PlanSection />
        <AnnouncementsSection />
        <NumbersSection />
        <ControllerSection />
        <RegisterSection />
        <StorageSection />
        <ContactsSection />
        <SwitchesSection />
      </div>
    </FormContext>
  )
}

/** Focuses a field's element, or the nearest one around it; false if there is none on the page. */
export function focusField(field: string): boolean {
  for (let at = field; at !== ''; at = parentOf(at)) {
    const element = document.getElementById(`f-${at}`)
    if (!element) continue
    const target = controlIn(element)
    target.focus({ preventScroll: true })
    target.scrollIntoView({ block: 'center' })
    return true
  }
  return false
}

const controls = 'input:not([type=hidden]), textarea, [role=spinbutton], button'

/** A list takes the focus itself; an item passes it to its first field. */
function controlIn(element: HTMLElement): HTMLElement {
  if (element.matches(`${controls}, .items`)) return element
  const within = element.querySelector('.item-body') ?? element
  return within.querySelector<HTMLElement>(controls) ?? element
}

function parentOf(field: string): string {
  return field.slice(0, Math.max(0, field.lastIndexOf('.'), field.lastIndexOf('[')))
}

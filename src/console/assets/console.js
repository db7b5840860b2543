// Copies what a button names, and shows times where the reader is. Pages are whole without it.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(field.value ?? field.textContent.trim());
  button.textContent = button.dataset.copied;
});

document.addEventListener('submit', (event) => {
  // a form that is sent twice does the same twice
  const button = event.submitter;
  if (button) setTimeout(() => button.setAttribute('disabled', ''), 0);
});

const here = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
const showTimes = (root) => {
  for (const time of root.querySelectorAll('time[datetime*="T"]'))
    time.textContent = here.format(new Date(time.dateTime));
};
showTimes(document);
document.addEventListener('htmx:load', (event) => showTimes(event.target));

for (const button of document.querySelectorAll('[data-copy]')) button.hidden = false;

// Shows how far an upload is. Without it the browser sends the form by itself.
const formOf = (event) => event.target.closest?.('form[data-upload]');

document.addEventListener('htmx:xhr:loadstart', (event) => {
  const form = formOf(event);
  if (!form) return;
  form.querySelector('[data-progress]').hidden = false;
  form.querySelector('[data-broken]').hidden = true;
});

document.addEventListener('htmx:xhr:progress', (event) => {
  const { loaded, total } = event.detail;
  const form = formOf(event);
  if (form && total > 0) form.querySelector('progress').value = Math.round((loaded / total) * 100);
});

const broken = (event) => {
  const form = formOf(event);
  if (!form) return;
  form.querySelector('[data-progress]').hidden = true;
  form.querySelector('[data-broken]').hidden = false;
  for (const button of form.querySelectorAll('button')) button.disabled = false;
};
// what came in the place of the page is read from its beginning
document.addEventListener('htmx:load', (event) => {
  if (event.target.id === 'content') event.target.focus();
});
document.addEventListener('htmx:sendError', broken);
document.addEventListener('htmx:responseError', broken);

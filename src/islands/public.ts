import './form.ts';

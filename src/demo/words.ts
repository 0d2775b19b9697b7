/** What the staff of the demonstration say when the story itself has no words for it. */
export const words = {
  extension: {
    sr: 'Потребан је увид на терену и изјашњење надлежног предузећа.', mk: 'Потребен е увид на терен и изјаснување од надлежното претпријатие.', ro: 'Sunt necesare o verificare pe teren și punctul de vedere al operatorului.', en: 'An inspection and the enterprise’s opinion are needed.',
  },
  comment: {
    sr: 'Навести до када ће радови бити завршени и ко је надлежан.', mk: 'Да се наведе до кога ќе завршат работите и кој е надлежен.', ro: 'Precizați termenul de finalizare a lucrărilor și compartimentul responsabil.', en: 'Say by when the works end and who is responsible.',
  },
  anonymous: {
    sr: 'Писмо нема имена ни адресе; наводи су прослијеђени служби ради увида.', mk: 'Дописот е без име и адреса; наводите се препратени до службата за увид.', ro: 'Petiția nu cuprinde date de identificare; sesizarea a fost semnalată compartimentului.', en: 'The letter has no name or address; what it says was passed on for inspection.',
  },
} as const;

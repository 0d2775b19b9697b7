-- To remove a file of the store its row is locked, which asks for the right to change it; nothing of it is ever changed.
grant update (media_type) on file to kabinet_app;

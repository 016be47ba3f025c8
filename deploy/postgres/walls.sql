-- One context's database and its only user, for psql: -v context=… -v password=…
-- Nobody else may connect to it: not PUBLIC, not another context's user.
CREATE ROLE :"context" LOGIN PASSWORD :'password';
CREATE DATABASE :"context" OWNER :"context";
REVOKE ALL ON DATABASE :"context" FROM PUBLIC;

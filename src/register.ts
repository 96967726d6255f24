import "./local/sdk/register.ts";
